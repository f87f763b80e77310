#include "schema/one_piece.h"

#include <algorithm>
#include <map>
#include <memory>
#include <vector>

#include <google/protobuf/descriptor.h>
#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>
#include <google/protobuf/text_format.h>

#include "schema/reading.h"

namespace testigo::schema {
namespace {

namespace protobuf = google::protobuf;

constexpr std::uint64_t kParsedBytesMax = std::uint64_t{128} << 20;

// What protobuf keeps of a parsed message, about; numbers and fields that nobody knows may take eight octets or sixteen for one.
std::uint64_t bytes_parsed(protobuf::DynamicMessageFactory& factory, const Parts& parts, std::size_t length) {
  std::uint64_t bytes = 16 * std::uint64_t{length} + 64 * parts.texts;
  for (const auto& [type, times] : parts.messages) {
    bytes += times * (64 + (type == nullptr ? 0 : factory.GetPrototype(type)->SpaceUsedLong()));
  }
  return bytes;
}

bool is_duration(Type type) { return type->full_name() == "google.protobuf.Duration"; }
bool is_map_entry(Type type) { return type->map_key() != nullptr; }

bool has(const Parts& parts, bool (*is)(Type)) {
  return std::ranges::any_of(parts.messages, [is](const auto& part) { return part.first != nullptr && is(part.first); });
}

// What came in parts is put together, and what does not count is gone. In the order of fields and of the keys of maps.
std::string serialized(const protobuf::Message& message) {
  std::string octets;
  protobuf::io::StringOutputStream stream(&octets);
  protobuf::io::CodedOutputStream out(&stream);
  out.SetSerializationDeterministic(true);
  message.SerializePartialToCodedStream(&out);
  out.Trim();
  return octets;
}

// Seconds and nanoseconds of different signs: protobuf writes 5 s less 5 ns as "5.294967291s".
bool is_false_duration(const protobuf::Message& message) {
  const protobuf::Descriptor& type = *message.GetDescriptor();
  if (!is_duration(&type)) return false;
  const protobuf::FieldDescriptor *seconds = type.FindFieldByNumber(1), *nanos = type.FindFieldByNumber(2);
  if (seconds == nullptr || nanos == nullptr || seconds->is_repeated() || nanos->is_repeated()) return false;
  if (seconds->cpp_type() != protobuf::FieldDescriptor::CPPTYPE_INT64 ||
      nanos->cpp_type() != protobuf::FieldDescriptor::CPPTYPE_INT32) {
    return false;
  }
  const protobuf::Reflection& reflection = *message.GetReflection();
  return reflection.GetInt64(message, seconds) > 0 && reflection.GetInt32(message, nanos) < 0;
}

// The parser leaves all entries of a map as they came, and the writer of JSON writes all.
void keep_last_of_each_key(protobuf::Message* message, const protobuf::FieldDescriptor* map) {
  const protobuf::Reflection& reflection = *message->GetReflection();
  std::map<std::string, int> places;
  for (int i = 0; i < reflection.FieldSize(*message, map); ++i) {
    std::string key;
    protobuf::TextFormat::PrintFieldValueToString(reflection.GetRepeatedMessage(*message, map, i), map->message_type()->map_key(),
                                                  -1, &key);
    const int place = places.try_emplace(std::move(key), static_cast<int>(places.size())).first->second;
    if (place != i) reflection.SwapElements(message, map, place, i);
  }
  while (reflection.FieldSize(*message, map) > static_cast<int>(places.size())) reflection.RemoveLast(message, map);
}

// At any depth, of which the parser allows 100.
void keep_last_of_each_key(protobuf::Message* message) {
  const protobuf::Reflection& reflection = *message->GetReflection();
  std::vector<const protobuf::FieldDescriptor*> fields;
  reflection.ListFields(*message, &fields);
  for (const protobuf::FieldDescriptor* field : fields) {
    if (field->cpp_type() != protobuf::FieldDescriptor::CPPTYPE_MESSAGE) continue;
    if (!field->is_repeated()) {
      keep_last_of_each_key(reflection.MutableMessage(message, field));
      continue;
    }
    if (field->is_map()) keep_last_of_each_key(message, field);
    for (int i = 0; i < reflection.FieldSize(*message, field); ++i) {
      keep_last_of_each_key(reflection.MutableRepeatedMessage(message, field, i));
    }
  }
}

// At any depth.
bool has_false_duration(const protobuf::Message& message) {
  if (is_false_duration(message)) return true;
  const protobuf::Reflection& reflection = *message.GetReflection();
  std::vector<const protobuf::FieldDescriptor*> fields;
  reflection.ListFields(message, &fields);
  for (const protobuf::FieldDescriptor* field : fields) {
    if (field->cpp_type() != protobuf::FieldDescriptor::CPPTYPE_MESSAGE) continue;
    if (!field->is_repeated()) {
      if (has_false_duration(reflection.GetMessage(message, field))) return true;
      continue;
    }
    for (int i = 0; i < reflection.FieldSize(message, field); ++i) {
      if (has_false_duration(reflection.GetRepeatedMessage(message, field, i))) return true;
    }
  }
  return false;
}

}  // namespace

std::optional<std::string> in_one_piece(protobuf::DynamicMessageFactory& factory, Type type, Bytes message) {
  Parts parts;
  if (read_message(type, message, &parts).parse != Parse::Parsed) return std::nullopt;
  if (bytes_parsed(factory, parts, message.size()) > kParsedBytesMax) return std::nullopt;
  const std::unique_ptr<protobuf::Message> parsed(factory.GetPrototype(type)->New());
  if (!parsed->ParsePartialFromArray(message.data(), static_cast<int>(message.size()))) return std::nullopt;
  parsed->DiscardUnknownFields();
  if (has(parts, is_map_entry)) keep_last_of_each_key(parsed.get());
  if (has(parts, is_duration) && has_false_duration(*parsed)) return std::nullopt;
  return serialized(*parsed);
}

}  // namespace testigo::schema
