// Octets of one direction of one connection → frames (RFC 9113 section 4).
//
// Cutting the input elsewhere never changes the frames. Nothing stops it: what is malformed is a value.
// The client's connection preface is not a frame: see preface.h; whoever feeds this decoder has taken it off.
#pragma once

#include <cassert>
#include <cstdint>
#include <optional>
#include <vector>

#include "base/bytes.h"
#include "wire/http2/frame.h"

namespace testigo::http2 {

// The three answers of a decoder. Malformed input is `Done` with a `MalformedFrame`: it is data here.
enum class Decoded : std::uint8_t { Done, NeedMore };

class FrameDecoder {
 public:
  // Hands over the next octets. They are borrowed until `next` has answered `NeedMore`; only then may more be fed.
  void feed(Bytes octets) {
    assert(unread_.empty());
    unread_ = octets;
  }

  // The next whole frame. Its octets are valid until the next call of `next` or `feed`.
  Decoded next(Frame& frame) {
    if (!buffer_.empty()) return next_buffered(frame);
    if (unread_.empty()) return Decoded::NeedMore;
    return give_unread(frame) ? Decoded::Done : next_buffered(frame);
  }

  // The same at once: visit(frame, end) hears each whole frame, and where it ends. It must not ask this decoder for anything.
  template <typename Visit>
  void read(Bytes octets, Visit visit);

  // Where the frame that `next` gave last ends, in octets since the first one fed.
  std::uint64_t end() const { return end_; }

  // Octets of a frame that is not whole yet.
  std::size_t pending() const { return (buffer_given_ ? 0 : buffer_.size()) + unread_.size(); }

  // The beginning of a frame that will never be whole, when `next` has answered `NeedMore`.
  Bytes unfinished() const { return buffer_given_ ? Bytes() : Bytes(buffer_); }

 private:
  static bool give_whole(Bytes& octets, Frame& frame);
  bool give_unread(Frame& frame);
  Decoded next_buffered(Frame& frame);
  void fill_buffer(std::size_t wanted);
  void release_buffer();

  Bytes unread_;
  std::vector<std::byte> buffer_;  // the beginning of a frame whose rest has not come; at most one frame (2^24 + 8 octets)
  bool buffer_given_ = false;      // the last frame borrowed from buffer_, which the next call may clear
  std::uint64_t end_ = 0;
};

// Reads nine octets.
inline FrameHeader decode_frame_header(const std::byte* octets) {
  const auto length_and_type = load_network<std::uint32_t>(octets);
  const auto stream = load_network<std::uint32_t>(octets + 5);
  return {.length = length_and_type >> 8,
          .type = static_cast<std::uint8_t>(length_and_type),
          .flags = std::to_integer<std::uint8_t>(octets[4]),
          .reserved = stream >> 31 != 0,
          .stream = stream & 0x7fff'ffff};
}

// Reads one payload; the length of `payload` is the frame's. Borrows.
FramePayload decode_payload(const FrameHeader& header, Bytes payload);

// The same into what is there: nearly all frames of gRPC have none of the optional parts, and are read at once.
inline void decode_payload(const FrameHeader& header, Bytes payload, FramePayload& out) {
  if (header.is(FrameType::Data) && !header.has(kFlagPadded)) {
    out.emplace<DataFrame>().data = payload;
  } else if (header.is(FrameType::Headers) && !header.has(kFlagPadded | kFlagPriority)) {
    out.emplace<HeadersFrame>().fragment = payload;
  } else if (header.is(FrameType::WindowUpdate) && payload.size() == 4) {
    const auto increment = load_network<std::uint32_t>(payload.data());
    out.emplace<WindowUpdateFrame>(WindowUpdateFrame{increment >> 31 != 0, increment & 0x7fff'ffff});
  } else {
    out = decode_payload(header, payload);
  }
}

// Whether the type allows a payload of this length at all (RFC 9113 section 6).
bool length_allowed(FrameType type, std::size_t length);

// The usual case: the frame lies whole in the octets; it is taken off them.
[[gnu::always_inline]] inline bool FrameDecoder::give_whole(Bytes& octets, Frame& frame) {
  if (octets.size() < kFrameHeaderBytes) return false;
  frame.header = decode_frame_header(octets.data());
  const std::size_t size = kFrameHeaderBytes + frame.header.length;
  if (octets.size() < size) return false;
  decode_payload(frame.header, {octets.data() + kFrameHeaderBytes, frame.header.length}, frame.payload);
  octets = {octets.data() + size, octets.size() - size};
  return true;
}

inline bool FrameDecoder::give_unread(Frame& frame) {
  if (!give_whole(unread_, frame)) return false;
  end_ += kFrameHeaderBytes + frame.header.length;
  return true;
}

template <typename Visit>
void FrameDecoder::read(Bytes octets, Visit visit) {
  Frame frame;
  feed(octets);
  while (!buffer_.empty()) {
    if (next_buffered(frame) == Decoded::NeedMore) return;
    visit(frame, end_);
  }
  Bytes rest = unread_;  // nobody else can change it: the loop keeps it at hand
  std::uint64_t end = end_;
  while (give_whole(rest, frame)) {
    end += kFrameHeaderBytes + frame.header.length;
    visit(frame, end);
  }
  unread_ = rest;
  end_ = end;
  if (!rest.empty()) next_buffered(frame);
}

}  // namespace testigo::http2
