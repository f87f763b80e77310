#include "capture/http2_redaction.h"

#include <algorithm>
#include <type_traits>
#include <utility>

#include "wire/http2/frame_decoder.h"

namespace testigo::capture {
namespace {

using http2::FrameType;

// Pad Length, padding, priority or promised stream beside a fragment.
constexpr std::size_t kAroundFragmentMax = 1 + 255 + 5;

void clear(std::span<std::byte> octets) { std::ranges::fill(octets, std::byte{0}); }

// The types that carry nothing but numbers (and the debug data of GOAWAY), with a payload of the size that they have.
bool is_plain_frame(const http2::FrameHeader& header) {
  switch (static_cast<FrameType>(header.type)) {
    case FrameType::Priority:
      return header.length == 5;
    case FrameType::RstStream:
    case FrameType::WindowUpdate:
      return header.length == 4;
    case FrameType::Settings:
      return header.length % 6 == 0;
    case FrameType::Ping:
      return header.length == 8;
    case FrameType::Goaway:
      return header.length >= 8;
    case FrameType::Data:
    case FrameType::Headers:
    case FrameType::PushPromise:
    case FrameType::Continuation:
      break;
  }
  return false;
}

bool is_known(const http2::FrameHeader& header) { return header.type <= static_cast<std::uint8_t>(FrameType::Continuation); }

bool is_block(const http2::FrameHeader& header) {
  return header.is(FrameType::Headers) || header.is(FrameType::PushPromise) || header.is(FrameType::Continuation);
}

}  // namespace

Http2Redaction::Http2Redaction(Direction direction, const SecretNames& names, SecretTally& tally, DataRedaction& data,
                               const Limits& limits)
    : direction_(direction), data_(data), blocks_(names, tally, limits), block_bytes_max_(limits.block_bytes_max) {}

std::size_t Http2Redaction::redact(std::span<std::byte> octets) {
  octets_ = octets;
  while (step()) {
  }
  const std::size_t decided = block_ ? block_->from : at_;
  at_ -= decided;
  if (block_) {
    block_->from = 0;
    for (Piece& piece : block_->pieces) piece.at -= decided;
  }
  return decided;
}

// False when more octets are needed.
bool Http2Redaction::step() { return head_size_ < http2::kFrameHeaderBytes ? take_header() : take_payload(); }

// Frame headers are as they are, whatever they say.
bool Http2Redaction::take_header() {
  const std::size_t size = std::min(http2::kFrameHeaderBytes - head_size_, octets_.size() - at_);
  std::ranges::copy(next(size), head_.begin() + static_cast<std::ptrdiff_t>(head_size_));
  head_size_ += size;
  at_ += size;
  if (head_size_ < http2::kFrameHeaderBytes) return false;
  header_ = http2::decode_frame_header(head_.data());
  begin_frame();
  return true;
}

void Http2Redaction::begin_frame() {
  const bool goes_on = header_.is(FrameType::Continuation) && block_ && block_->stream == header_.stream;
  if (block_ && !goes_on) lose_block();  // RFC 9113 section 6.10
  left_ = header_.length;
  padding_ = 0;
  payload_ = treatment();
  // Whose fragments are more than we decode, or nobody's, is lost.
  if (!is_block(header_) || payload_ == Payload::Block) return;
  if (block_) lose_block();
  blocks_.taint();
}

Http2Redaction::Payload Http2Redaction::treatment() const {
  if (is_block(header_)) {
    const bool nobodys = header_.is(FrameType::Continuation) && !block_;
    const bool too_large = header_.length > block_bytes_max_ + kAroundFragmentMax;
    return nobodys || too_large ? Payload::Zeros : Payload::Block;
  }
  if (header_.is(FrameType::Data)) {
    if (data_.payloads()) return Payload::AsItIs;
    return header_.has(http2::kFlagPadded) && header_.length > 0 ? Payload::PadLength : Payload::Data;
  }
  return is_plain_frame(header_) || (data_.payloads() && !is_known(header_)) ? Payload::AsItIs : Payload::Zeros;
}

bool Http2Redaction::take_payload() {
  if (payload_ == Payload::Block) return take_block_frame();
  if (left_ == 0) {
    end_frame();
    return true;
  }
  const std::size_t there = std::min(left_, octets_.size() - at_);
  if (there == 0) return false;
  switch (payload_) {
    case Payload::Zeros:
      clear(next(there));
      [[fallthrough]];
    case Payload::AsItIs:
      take_plain(there);
      break;
    case Payload::PadLength:
      take_pad_length();
      break;
    case Payload::Data:
      take_data();
      break;
    case Payload::Block:
      break;
  }
  return true;
}

void Http2Redaction::take_plain(std::size_t size) {
  at_ += size;
  left_ -= size;
}

// What is padded beyond its end (RFC 9113 section 6.1) is no message; where the next one would begin is not known then.
void Http2Redaction::take_pad_length() {
  padding_ = std::to_integer<std::size_t>(next(1).front());
  take_plain(1);
  payload_ = padding_ > left_ ? Payload::Zeros : Payload::Data;
  if (payload_ == Payload::Zeros) data_.end(direction_, header_.stream);
}

void Http2Redaction::take_data() {
  if (left_ == padding_) {
    payload_ = Payload::Zeros;
    return;
  }
  const std::size_t size = std::min(left_ - padding_, octets_.size() - at_);
  data_.redact(direction_, header_.stream, next(size));
  take_plain(size);
}

bool Http2Redaction::take_block_frame() {
  if (octets_.size() - at_ < left_) return false;
  const std::span<std::byte> payload = next(left_);
  std::visit(
      [&](const auto& inside) {
        using Inside = std::decay_t<decltype(inside)>;
        if constexpr (std::is_same_v<Inside, http2::HeadersFrame> || std::is_same_v<Inside, http2::PushPromiseFrame>) {
          if (inside.padding && !data_.payloads()) clear(piece(piece_of(inside.padding->octets)));
          take_fragment(inside.fragment, std::is_same_v<Inside, http2::PushPromiseFrame>);
        } else if constexpr (std::is_same_v<Inside, http2::ContinuationFrame>) {
          take_continuation(inside.fragment);
        } else {  // malformed: only the Pad Length, which makes it so, stays
          clear(header_.has(http2::kFlagPadded) && !payload.empty() ? payload.subspan(1) : payload);
          blocks_.taint();
        }
      },
      http2::decode_payload(header_, payload));
  take_plain(left_);
  // A flood of fragments that hold nothing must not wait for ever.
  if (block_ && (block_->bytes > block_bytes_max_ || at_ - block_->from > 2 * block_bytes_max_)) {
    lose_block();
  }
  end_frame();
  return true;
}

void Http2Redaction::end_frame() {
  head_size_ = 0;
  if (header_.is(FrameType::RstStream)) data_.reset(header_.stream);
  if (header_.is(FrameType::Data) && header_.has(http2::kFlagEndStream)) data_.end(direction_, header_.stream);
}

void Http2Redaction::take_fragment(Bytes fragment, bool promised) {
  const bool end_stream = !promised && header_.has(http2::kFlagEndStream);
  const Piece at = piece_of(fragment);
  if (header_.has(http2::kFlagEndHeaders)) return finish_block(piece(at), header_.stream, promised, end_stream);
  block_ = OpenBlock{header_.stream, promised, end_stream, at_, {at}, at.size};
}

void Http2Redaction::take_continuation(Bytes fragment) {
  const Piece at = piece_of(fragment);
  block_->pieces.push_back(at);
  block_->bytes += at.size;
  if (!header_.has(http2::kFlagEndHeaders) || block_->bytes > block_bytes_max_) return;
  finish_block(*std::exchange(block_, std::nullopt));
}

void Http2Redaction::finish_block(const OpenBlock& open) {
  std::vector<std::byte> block;
  block.reserve(open.bytes);
  for (const Piece& each : open.pieces) append(block, piece(each));
  finish_block(block, open.stream, open.promised, open.end_stream);
  auto from = block.begin();
  for (const Piece& each : open.pieces) {
    std::copy_n(from, each.size, piece(each).begin());
    from += static_cast<std::ptrdiff_t>(each.size);
  }
}

void Http2Redaction::finish_block(std::span<std::byte> block, http2::StreamId stream, bool promised, bool end_stream) {
  const bool grpc = blocks_.redact(block);
  if (promised) return;
  if (end_stream) {
    data_.end(direction_, stream);
  } else if (grpc) {
    data_.open(direction_, stream);
  }
}

// It cannot be decoded any more.
void Http2Redaction::lose_block() {
  for (const Piece& each : block_->pieces) clear(piece(each));
  block_.reset();
  blocks_.taint();
}

Http2Redaction::Piece Http2Redaction::piece_of(Bytes inside) const {
  if (inside.empty()) return {at_, 0};
  return {static_cast<std::size_t>(inside.data() - octets_.data()), inside.size()};
}

}  // namespace testigo::capture
