// Messages of anybody: what our reading of them says is what protobuf's own parser says, and nothing that shows them breaks, grows
// or lets through what a terminal obeys.
//
// An input is one octet that chooses the type, then the message.
#include <google/protobuf/descriptor.h>
#include <google/protobuf/dynamic_message.h>

#include "require.h"
#include "schema/field_view.h"
#include "schema/reading.h"
#include "schema/testing/written.h"

namespace {

using namespace testigo;
using schema::Parse;

// What proto3 does not have.
constexpr std::string_view kOfProto2 = R"(
syntax = "proto2";
package o;
service S { rpc Unary(Old) returns (Old); }
enum Closed { ONE = 1; TWO = 2; }
message Old {
  optional string name = 1;
  optional group Part = 2 { optional int32 number = 1; optional Old old = 2; }
  repeated Closed closed = 3;
  repeated fixed32 narrow = 4 [packed = true];
  repeated sint64 many = 5;
  extensions 100 to 200;
}
extend Old { optional Old more = 100; repeated double wide = 101; }
)";

constexpr std::size_t kTextMax = 1000;

bool obeyed_by_terminals(std::string_view text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto octet = static_cast<unsigned char>(text[i]);
    const bool c1 = octet == 0xc2 && i + 1 < text.size() && static_cast<unsigned char>(text[i + 1]) < 0xa0;
    if (octet < 0x20 || octet == 0x7f || c1) return true;
  }
  return false;
}

void hold_against_protobuf(schema::Type type, Bytes octets) {
  static google::protobuf::DynamicMessageFactory factory;
  const std::unique_ptr<google::protobuf::Message> message(factory.GetPrototype(type)->New());
  const bool parsed = message->ParsePartialFromArray(octets.data(), static_cast<int>(octets.size()));
  const schema::Reading reading = schema::read_message(type, octets);
  REQUIRE((reading.parse == Parse::Parsed) == parsed);
  REQUIRE((reading.parse == Parse::Malformed) == !reading.wrong.empty());
  REQUIRE(!parsed || !reading.drift.empty() || message->GetReflection()->GetUnknownFields(*message).empty() ||
          type->full_name() == "o.Old");  // a number that a closed enum does not have is no drift
}

void show(const schema::Schema& schema, schema::Type type, Bytes octets) {
  const std::string fields = schema::field_view(octets, octets.size(), kTextMax);
  REQUIRE(!obeyed_by_terminals(fields));
  REQUIRE(fields.size() < kTextMax + 10'000);
  if (const auto json = schema.json(type, octets)) REQUIRE(!obeyed_by_terminals(*json));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const schema::Schema three = schema::testing::written(schema::testing::kProto);
  static const schema::Schema two = schema::testing::written(kOfProto2);
  static const schema::Type types[] = {three.method("/t.S/Unary")->request, two.method("/o.S/Unary")->request};
  static const auto inner = schema::find_field(types[0], "inner.more.name");
  if (size == 0) return 0;
  const bool old = (data[0] & 1) != 0;
  const Bytes message(std::as_bytes(std::span(data + 1, size - 1)));
  hold_against_protobuf(types[old ? 1 : 0], message);
  show(old ? two : three, types[old ? 1 : 0], message);
  REQUIRE(schema::value_of(*inner, message).size() <= message.size());
  return 0;
}
