#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/wire_format_lite.h>

#include "testigo/greeter/v1/greeter.pb.h"
#include "verdict/wire_testimony.h"

namespace testigo::verdict {
namespace {

using google::protobuf::internal::WireFormatLite;
using google::protobuf::io::CodedInputStream;
using greeter::v1::GreetReply;

// As in statements (greeter/reply.cc): far longer than any name that a client can have.
constexpr std::size_t kNameBytesKept = 256;

bool read_text(CodedInputStream& input, std::string& text) {
  std::uint32_t size = 0;
  if (!input.ReadVarint32(&size) || size > static_cast<std::uint32_t>(std::max(0, input.BytesUntilLimit()))) return false;
  if (!input.ReadString(&text, static_cast<int>(size))) return false;
  text.resize(std::min(text.size(), kNameBytesKept));
  return true;
}

bool read_field(CodedInputStream& input, std::uint32_t tag, statement::Reply& reply) {
  constexpr auto kText = WireFormatLite::WIRETYPE_LENGTH_DELIMITED;
  if (tag == WireFormatLite::MakeTag(GreetReply::kClientFieldNumber, kText)) return read_text(input, reply.client);
  if (tag == WireFormatLite::MakeTag(GreetReply::kServerFieldNumber, kText)) return read_text(input, reply.server);
  if (tag == WireFormatLite::MakeTag(GreetReply::kCallFieldNumber, WireFormatLite::WIRETYPE_VARINT)) {
    return input.ReadVarint64(&reply.call);
  }
  return WireFormatLite::SkipField(&input, tag);
}

}  // namespace

std::optional<statement::Reply> read_reply(Bytes message) {
  CodedInputStream input(reinterpret_cast<const std::uint8_t*>(message.data()), static_cast<int>(message.size()));
  const auto limit = input.PushLimit(static_cast<int>(message.size()));
  statement::Reply reply;
  while (const std::uint32_t tag = input.ReadTag()) {
    if (read_field(input, tag, reply)) continue;
    // Only the payload, which comes last, may reach beyond the octets that were kept.
    if (WireFormatLite::GetTagFieldNumber(tag) == GreetReply::kPayloadFieldNumber) return reply;
    return std::nullopt;
  }
  const bool all_read = input.ConsumedEntireMessage();
  input.PopLimit(limit);
  if (!all_read) return std::nullopt;
  return reply;
}

Bytes naming_octets(Bytes message) {
  CodedInputStream input(reinterpret_cast<const std::uint8_t*>(message.data()), static_cast<int>(message.size()));
  const auto limit = input.PushLimit(static_cast<int>(message.size()));
  statement::Reply ignored;
  std::size_t begin = message.size();
  std::size_t end = begin;
  for (int at = 0; const std::uint32_t tag = input.ReadTag(); at = input.CurrentPosition()) {
    if (!read_field(input, tag, ignored)) break;
    const int number = WireFormatLite::GetTagFieldNumber(tag);
    if (number != GreetReply::kClientFieldNumber && number != GreetReply::kCallFieldNumber) continue;
    begin = std::min(begin, static_cast<std::size_t>(at));
    end = static_cast<std::size_t>(input.CurrentPosition());
  }
  input.PopLimit(limit);
  return message.subspan(begin, end - begin);
}

}  // namespace testigo::verdict
