#include "check/plain_messages.h"

#include <algorithm>

#include "call/fields.h"
#include "wire/rpc/media_type.h"

namespace testigo::check {
namespace {

using call::BlockRole;
using http2::FieldName;
using rpc::Decompressed;

constexpr std::string_view kGrpc = "application/grpc";
constexpr std::string_view kProto = "+proto";

// gRPC over HTTP2, Content-Type: without a suffix it is protobuf.
bool names_other_format(const call::BlockSeen& seen) {
  const auto* field = call::find(seen.fields, FieldName::ContentType);
  if (field == nullptr || !field->exact() || !rpc::begins_in_any_case(field->value, kGrpc)) return false;
  std::string_view suffix = std::string_view(field->value).substr(kGrpc.size());
  suffix = suffix.substr(0, suffix.find_first_of("; \t"));
  return !suffix.empty() && !rpc::equals_in_any_case(suffix, kProto);
}

bool all_zeros(Bytes octets) {
  return !octets.empty() && std::ranges::all_of(octets, [](std::byte octet) { return octet == std::byte{0}; });
}

std::string_view why_not(Decompressed outcome) {
  switch (outcome) {
    case Decompressed::Whole:
      return {};
    case Decompressed::TooLong:
      return "a message decompresses to more than our limit";
    case Decompressed::NotBuiltIn:
      return "a coding that is not built in";
    case Decompressed::Broken:
    case Decompressed::CutOff:
    case Decompressed::LeftOver:
      break;
  }
  return "a compressed message does not decompress";
}

}  // namespace

static_assert(Limits{}.message_bytes_kept == std::size_t{64} << 10 && Limits{}.whole_message_bytes_kept == std::size_t{4} << 20 &&
              Limits{}.message_bytes_kept_all == std::size_t{256} << 20);

std::string_view why_not_whole(const rpc::Message& message) {
  if (message.lost != 0) return "octets of a message were not seen";
  if (message.crowded_out) return "the messages that were open together had more than the 256 MiB that are kept";
  return message.octets.size() < Limits{}.whole_message_bytes_kept ? "a message was longer than the 64 KiB that are kept"
                                                                   : "a message was longer than the 4 MiB that are kept";
}

void PlainMessages::on_block(const call::BlockSeen& seen) {
  if (seen.call == nullptr || (seen.role != BlockRole::Request && seen.role != BlockRole::Response)) return;
  const Side side{coding_of(seen), names_other_format(seen)};
  if (side.coding.is_identity() && !side.other_format) return;
  const Key call = key(seen.call->place);
  if (calls_.size() >= calls_max_ && !calls_.contains(call)) {
    forgotten_ = true;
    return;
  }
  calls_[call][static_cast<std::size_t>(seen.spot.direction)] = side;
}

Plain PlainMessages::plain(const call::MessageSeen& seen) {
  const Bytes octets = seen.message.octets;
  const auto it = calls_.empty() ? calls_.end() : calls_.find(key(seen.call.place));
  static const Sides usual;
  const Sides& sides = it == calls_.end() ? usual : it->second;
  const Side& side = sides[static_cast<std::size_t>(seen.spot.direction)];
  // Servers answer with the plain type whatever they were asked in.
  if (side.other_format || sides[static_cast<std::size_t>(Direction::ToServer)].other_format) {
    return {octets, "the content-type says that messages are not protobuf", false};
  }
  if (all_zeros(octets)) return {octets, "the capture holds zeros in place of message bodies", false};
  if (!seen.message.whole()) return {octets, why_not_whole(seen.message), seen.message.flag == 0};
  if (seen.message.flag == 0) return {octets, {}};
  if (seen.message.flag != 1) return {octets, "the compressed-flag is neither 0 nor 1", false};
  if (it == calls_.end() && forgotten_) return {octets, "the grpc-encoding of the call is not known", false};
  return decompressed(seen, side.coding);
}

Plain PlainMessages::decompressed(const call::MessageSeen& seen, const Coding& coding) {
  if (coding.known == Coding::Is::Unknown) return {seen.message.octets, "the grpc-encoding of the call is not known", false};
  if (coding.is_identity()) return {seen.message.octets, "a compressed message has no grpc-encoding", false};
  const Decompressed outcome = decompressor_.decompress(rpc::coding(coding.name), seen.message.octets, &octets_);
  if (outcome != Decompressed::Whole) return {seen.message.octets, why_not(outcome), false};
  return {octets_, {}};
}

}  // namespace testigo::check
