#include "wire/http2/frame_decoder.h"

namespace testigo::http2 {
namespace {

// A buffer that one large frame has grown is not kept for the life of the connection.
constexpr std::size_t kBufferKeptBytes = std::size_t{1} << 20;
constexpr std::size_t kPartThatCounts = 8;  // of a frame, for that the rest of it will come

}  // namespace

Decoded FrameDecoder::next_buffered(Frame& frame) {
  release_buffer();
  if (buffer_.empty()) {
    if (give_unread(frame)) return Decoded::Done;
    fill_buffer(unread_.size());
    return Decoded::NeedMore;
  }
  if (buffer_.size() < kFrameHeaderBytes) fill_buffer(kFrameHeaderBytes - buffer_.size());
  if (buffer_.size() < kFrameHeaderBytes) return Decoded::NeedMore;
  frame.header = decode_frame_header(buffer_.data());
  const std::size_t size = kFrameHeaderBytes + frame.header.length;
  fill_buffer(size - buffer_.size());
  if (buffer_.size() < size) return Decoded::NeedMore;
  decode_payload(frame.header, Bytes(buffer_).subspan(kFrameHeaderBytes), frame.payload);
  end_ += size;
  buffer_given_ = true;
  return Decoded::Done;
}

void FrameDecoder::fill_buffer(std::size_t wanted) {
  const std::size_t size = std::min(wanted, unread_.size());
  // What is announced and does not come takes little memory; what comes is not copied again and again.
  if (kPartThatCounts * (buffer_.size() + size) >= buffer_.size() + wanted) buffer_.reserve(buffer_.size() + wanted);
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
