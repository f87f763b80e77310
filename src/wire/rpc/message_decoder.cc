#include "wire/rpc/message_decoder.h"

#include <algorithm>
#include <cassert>
#include <utility>

namespace testigo::rpc {
namespace {

constexpr std::size_t kBufferKeptBytes = 1024;

}  // namespace

void MessageDecoder::empty_buffer() {
  if (buffer_.capacity() > kBufferKeptBytes) {
    buffer_ = {};
  } else {
    buffer_.clear();
  }
}

void MessageDecoder::keep(Bytes octets) {
  append(buffer_, octets);
  if (buffer_.size() <= held_) return;
  all_.held += buffer_.size() - held_;
  held_ = buffer_.size();
}

// For as many octets of the message that has begun. Behind those that are not kept there is none.
std::size_t MessageDecoder::room(std::size_t wanted) {
  if (lost_ != 0 || crowded_out_) return 0;
  const std::size_t kept = kept_max(std::to_integer<std::uint8_t>(buffer_.front()));
  const std::size_t of_message = kept - std::min<std::size_t>(kept, buffer_.size() - kPrefixBytes);
  const std::size_t of_all = all_max_ - std::min(all_max_, all_.counted) + (held_ - buffer_.size());
  crowded_out_ = of_all < std::min(wanted, of_message);
  return std::min({wanted, of_message, of_all});
}

// Moves octets of the prefix into the buffer; true when all five are there.
bool MessageDecoder::take_prefix() {
  const std::size_t wanted = std::min<std::size_t>(kPrefixBytes - begun_, unread_.size());
  keep(unread_.first(wanted));
  unread_ = unread_.subspan(wanted);
  begun_ += wanted;
  if (begun_ < kPrefixBytes) return false;
  length_ = static_cast<std::uint32_t>(load_number(buffer_.data() + 1, 4));
  return true;
}

void MessageDecoder::take_octets() {
  const std::uint64_t missing = kPrefixBytes + std::uint64_t{length_} - begun_;
  const std::size_t taken = static_cast<std::size_t>(std::min<std::uint64_t>(missing, unread_.size()));
  keep(unread_.first(room(taken)));
  unread_ = unread_.subspan(taken);
  begun_ += taken;
}

bool MessageDecoder::lose(std::uint64_t octets) {
  assert(unread_.empty());
  if (begun_ < kPrefixBytes || octets > kPrefixBytes + std::uint64_t{length_} - begun_) return false;
  begun_ += octets;
  lost_ += octets;
  return true;
}

Decoded MessageDecoder::next_buffered(Message& message) {
  if (clear_) {
    buffer_.clear();
    clear_ = false;
  }
  if (begun_ == 0 && give_unread(message)) return Decoded::Done;
  if (begun_ < kPrefixBytes && !take_prefix()) return Decoded::NeedMore;
  take_octets();
  if (begun_ < kPrefixBytes + std::uint64_t{length_}) return Decoded::NeedMore;
  message.flag = std::to_integer<std::uint8_t>(buffer_[0]);
  message.length = length_;
  message.octets = Bytes(buffer_).subspan(kPrefixBytes);
  message.lost = std::exchange(lost_, 0);
  message.crowded_out = std::exchange(crowded_out_, false);
  begun_ = 0;
  clear_ = true;
  return Decoded::Done;
}

}  // namespace testigo::rpc
