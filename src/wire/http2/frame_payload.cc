#include "wire/http2/frame_decoder.h"

namespace testigo::http2 {
namespace {

constexpr std::size_t kPriorityBytes = 5;

bool high_bit(const std::byte* octets) { return (octets[0] & std::byte{0x80}) != std::byte{0}; }

std::uint32_t number_32(const std::byte* octets) { return static_cast<std::uint32_t>(load_number(octets, 4)); }

std::uint32_t number_31(const std::byte* octets) { return number_32(octets) & 0x7fff'ffff; }

FramePayload malformed(Malformation malformation, Bytes payload) { return MalformedFrame{malformation, payload}; }

// What stands between Pad Length and the padding; `fixed` octets of it are fields that the padding must leave room for.
struct Padded {
  std::optional<Malformation> malformation;
  Bytes content;
  std::optional<Padding> padding;
};

Padded take_padding(const FrameHeader& header, Bytes payload, std::size_t fixed) {
  const std::size_t before = header.has(kFlagPadded) ? 1 : 0;
  if (payload.size() < before + fixed) return {Malformation::WrongLength, {}, {}};
  if (before == 0) return {{}, payload, {}};
  const auto size = std::to_integer<std::size_t>(payload[0]);
  if (payload.size() < before + fixed + size) return {Malformation::PaddingTooLarge, {}, {}};
  return {{}, payload.subspan(1, payload.size() - 1 - size), Padding{payload.last(size)}};
}

Priority read_priority(const std::byte* octets) {
  return {high_bit(octets), number_31(octets), std::to_integer<std::uint8_t>(octets[4])};
}

FramePayload read_data(const FrameHeader& header, Bytes payload) {
  const Padded padded = take_padding(header, payload, 0);
  if (padded.malformation) return malformed(*padded.malformation, payload);
  return DataFrame{padded.content, padded.padding};
}

FramePayload read_headers(const FrameHeader& header, Bytes payload) {
  const std::size_t fixed = header.has(kFlagPriority) ? kPriorityBytes : 0;
  const Padded padded = take_padding(header, payload, fixed);
  if (padded.malformation) return malformed(*padded.malformation, payload);
  HeadersFrame frame{{}, padded.content.subspan(fixed), padded.padding};
  if (fixed != 0) frame.priority = read_priority(padded.content.data());
  return frame;
}

FramePayload read_push_promise(const FrameHeader& header, Bytes payload) {
  const Padded padded = take_padding(header, payload, 4);
  if (padded.malformation) return malformed(*padded.malformation, payload);
  const std::byte* const octets = padded.content.data();
  return PushPromiseFrame{high_bit(octets), number_31(octets), padded.content.subspan(4), padded.padding};
}

FramePayload read_ping(Bytes payload) {
  PingFrame frame;
  std::ranges::copy(payload, frame.opaque.begin());
  return frame;
}

FramePayload read_goaway(Bytes payload) {
  return GoawayFrame{high_bit(payload.data()), number_31(payload.data()), number_32(payload.data() + 4), payload.subspan(8)};
}

}  // namespace

// CN06, CN10.
bool length_allowed(FrameType type, std::size_t length) {
  switch (type) {
    case FrameType::Priority:
      return length == kPriorityBytes;
    case FrameType::RstStream:
    case FrameType::WindowUpdate:
      return length == 4;
    case FrameType::Settings:
      return length % 6 == 0;
    case FrameType::Ping:
      return length == 8;
    case FrameType::Goaway:
      return length >= 8;
    case FrameType::Data:
    case FrameType::Headers:
    case FrameType::PushPromise:
    case FrameType::Continuation:
      return true;
  }
  return true;
}

FramePayload decode_payload(const FrameHeader& header, Bytes payload) {
  const auto type = static_cast<FrameType>(header.type);
  if (!length_allowed(type, payload.size())) return malformed(Malformation::WrongLength, payload);
  switch (type) {
    case FrameType::Data:
      return read_data(header, payload);
    case FrameType::Headers:
      return read_headers(header, payload);
    case FrameType::Priority:
      return PriorityFrame{read_priority(payload.data())};
    case FrameType::RstStream:
      return RstStreamFrame{number_32(payload.data())};
    case FrameType::Settings:
      return SettingsFrame{payload};
    case FrameType::PushPromise:
      return read_push_promise(header, payload);
    case FrameType::Ping:
      return read_ping(payload);
    case FrameType::Goaway:
      return read_goaway(payload);
    case FrameType::WindowUpdate:
      return WindowUpdateFrame{high_bit(payload.data()), number_31(payload.data())};
    case FrameType::Continuation:
      return ContinuationFrame{payload};
  }
  return UnknownFrame{payload};
}

}  // namespace testigo::http2
