#include "wire/http2/frame_decoder.h"

#include <cassert>

namespace testigo::http2 {
namespace {

// A buffer that one large frame has grown is not kept for the life of the connection.
constexpr std::size_t kBufferKeptBytes = std::size_t{1} << 20;

}  // namespace

void FrameDecoder::feed(Bytes octets) {
  assert(unread_.empty());
  unread_ = octets;
}

Decoded FrameDecoder::next(Frame& frame) {
  release_buffer();
  if (buffer_.empty()) {
    if (const auto size = whole_frame(unread_)) {
      give(unread_.first(*size), frame);
      unread_ = unread_.subspan(*size);
      return Decoded::Done;
    }
    fill_buffer(unread_.size());
    return Decoded::NeedMore;
  }
  if (buffer_.size() < kFrameHeaderBytes) fill_buffer(kFrameHeaderBytes - buffer_.size());
  if (buffer_.size() < kFrameHeaderBytes) return Decoded::NeedMore;
  const std::size_t size = kFrameHeaderBytes + decode_frame_header(buffer_.data()).length;
  fill_buffer(size - buffer_.size());
  if (buffer_.size() < size) return Decoded::NeedMore;
  give(buffer_, frame);
  buffer_given_ = true;
  return Decoded::Done;
}

std::optional<std::size_t> FrameDecoder::whole_frame(Bytes octets) {
  if (octets.size() < kFrameHeaderBytes) return std::nullopt;
  const std::size_t size = kFrameHeaderBytes + decode_frame_header(octets.data()).length;
  if (octets.size() < size) return std::nullopt;
  return size;
}

void FrameDecoder::give(Bytes octets, Frame& frame) {
  frame.header = decode_frame_header(octets.data());
  frame.payload = decode_payload(frame.header, octets.subspan(kFrameHeaderBytes));
  frame_offset_ = next_offset_;
  next_offset_ += octets.size();
}

void FrameDecoder::fill_buffer(std::size_t wanted) {
  const std::size_t size = std::min(wanted, unread_.size());
  append(buffer_, unread_.first(size));
  unread_ = unread_.subspan(size);
}

void FrameDecoder::release_buffer() {
  if (!buffer_given_) return;
  buffer_given_ = false;
  buffer_.clear();
  if (buffer_.capacity() > kBufferKeptBytes) buffer_.shrink_to_fit();
}

}  // namespace testigo::http2
