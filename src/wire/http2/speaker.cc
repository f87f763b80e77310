#include "wire/http2/speaker.h"

#include "wire/http2/frame_decoder.h"
#include "wire/http2/hpack_layout.h"
#include "wire/http2/preface.h"

namespace testigo::http2 {
namespace {

// A packet rarely holds more small frames before one with a header block.
constexpr int kFramesMax = 64;

// As it would be sent: DATA that looks so by chance is rare, and a frame of an unknown type tells nothing.
bool is_plausible(const FrameHeader& header) {
  const bool of_stream = header.stream != 0;
  switch (static_cast<FrameType>(header.type)) {
    case FrameType::Data:
      return of_stream && (header.flags & ~(kFlagEndStream | kFlagPadded)) == 0;
    case FrameType::Headers:
      return of_stream && header.stream % 2 == 1 &&
             (header.flags & ~(kFlagEndStream | kFlagEndHeaders | kFlagPadded | kFlagPriority)) == 0;
    case FrameType::Priority:
      return of_stream && header.length == 5;
    case FrameType::RstStream:
      return of_stream && header.length == 4;
    case FrameType::Settings:
      return !of_stream && header.length % 6 == 0 && (header.flags & ~kFlagAck) == 0;
    case FrameType::Ping:
      return !of_stream && header.length == 8 && (header.flags & ~kFlagAck) == 0;
    case FrameType::Goaway:
      return !of_stream && header.length >= 8;
    case FrameType::WindowUpdate:
      return header.length == 4 && header.flags == 0;
    case FrameType::PushPromise:
    case FrameType::Continuation:
      return false;
  }
  return false;
}

// The first entries of the static table are the pseudo-header fields: those of requests, then :status.
std::optional<Direction> of_index(std::uint32_t index) {
  constexpr std::uint32_t kLastOfRequests = 7, kLastOfResponses = 14;
  if (index == 0 || index > kLastOfResponses) return std::nullopt;
  return index <= kLastOfRequests ? Direction::ToServer : Direction::ToClient;
}

// A literal, of which the name stands behind its first octet; not looked at where it is coded by Huffman.
std::optional<Direction> of_name(Bytes literal) {
  constexpr std::byte kHuffman{0x80};
  if (literal.size() < 2 || (literal[1] & kHuffman) != std::byte{0}) return std::nullopt;
  const std::string_view name = as_text(literal).substr(2);
  if (!name.starts_with(':') || name.size() < std::to_integer<std::size_t>(literal[1])) return std::nullopt;
  return name.starts_with(":status") ? Direction::ToClient : Direction::ToServer;
}

std::optional<Direction> of_block(Bytes block) {
  const std::byte* at = block.data();
  const std::byte* const end = at + block.size();
  while (at != end) {
    const std::byte* const from = at;
    const RepresentationRead read = read_representation(at, end);
    if (!read.whole) return std::nullopt;
    if (read.size_update) continue;
    const auto told = read.index != 0 ? of_index(read.index) : of_name(Bytes(from, at));
    if (told) return told;
  }
  return std::nullopt;
}

std::optional<Direction> told_by(const FrameHeader& header, Bytes payload) {
  const std::size_t before = (header.has(kFlagPadded) ? 1 : 0) + (header.has(kFlagPriority) ? 5 : 0);
  const std::size_t padding = header.has(kFlagPadded) && !payload.empty() ? std::to_integer<std::size_t>(payload[0]) : 0;
  if (before + padding >= payload.size()) return std::nullopt;
  return of_block(payload.subspan(before, payload.size() - before - padding));
}

}  // namespace

std::optional<Direction> direction_of(Bytes octets) {
  if (as_text(octets).starts_with(kPreface)) return Direction::ToServer;
  for (int frames = 0; frames < kFramesMax && octets.size() > kFrameHeaderBytes; ++frames) {
    const FrameHeader header = decode_frame_header(octets.data());
    octets = octets.subspan(kFrameHeaderBytes);
    if (header.reserved || !is_plausible(header) || header.length > octets.size()) return std::nullopt;
    const Bytes payload = octets.first(header.length);
    octets = octets.subspan(header.length);
    if (!header.is(FrameType::Headers)) continue;
    if (const auto told = told_by(header, payload)) return told;
  }
  return std::nullopt;
}

}  // namespace testigo::http2
