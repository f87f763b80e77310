// The octets of DATA, of one side of one call → length-prefixed messages (grpc/doc/PROTOCOL-HTTP2.md, Length-Prefixed-Message).
//
// Cutting the input elsewhere never changes the messages. A message is kept up to Limits::message_bytes_kept, a compressed one up
// to Limits::whole_message_bytes_kept; the rest is counted, as is all of it while what counts as held by all decoders together is
// at its own limit.
#pragma once

#include <algorithm>
#include <cassert>
#include <cstdint>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/limits.h"

namespace testigo::rpc {

constexpr std::size_t kPrefixBytes = 5;

struct Message {
  std::uint8_t flag = 0;     // Compressed-Flag: 0 or 1 by the specification
  std::uint32_t length = 0;  // of the message, as its prefix says
  Bytes octets;              // the first of them
  std::uint64_t lost = 0;    // octets of it that nobody saw: those kept end before them
  bool crowded_out = false;  // octets are not kept for what others hold
  bool whole() const { return octets.size() == length; }
  friend bool operator==(const Message&, const Message&) = default;
};

enum class Decoded : std::uint8_t { Done, NeedMore };

// What decoders keep of messages that are not whole yet.
struct MessageBytes {
  std::size_t held = 0;     // by those that share this
  std::size_t counted = 0;  // against Limits::message_bytes_kept_all, of these and of others: who shares it out says so
};

class MessageDecoder {
 public:
  // `all` must outlive it.
  MessageDecoder(const Limits& limits, MessageBytes& all)
      : kept_max_(limits.message_bytes_kept),
        compressed_kept_max_(std::max(limits.message_bytes_kept, limits.whole_message_bytes_kept)),
        all_max_(limits.message_bytes_kept_all),
        all_(all) {}
  ~MessageDecoder() { all_.held -= held_; }
  MessageDecoder(const MessageDecoder&) = delete;
  MessageDecoder& operator=(const MessageDecoder&) = delete;

  // As if it were new: for another side of a call.
  void reset() {
    if (held_ != 0) all_.held -= std::exchange(held_, 0);
    if (buffer_.capacity() != 0) empty_buffer();
    unread_ = {};
    begun_ = 0;
    lost_ = 0;
    crowded_out_ = false;
    clear_ = false;
  }

  // Hands over the next octets: borrowed until `next` has answered `NeedMore`.
  void feed(Bytes octets) {
    assert(unread_.empty());
    unread_ = octets;
  }
  // The next octets were not seen; what was fed has been read. False when a prefix may be among them: then the messages that follow
  // cannot be told apart any more.
  bool lose(std::uint64_t octets);
  // The next whole message; its octets are valid until the next call of `next` or `feed`.
  Decoded next(Message& message) {
    if (begun_ != 0 || clear_) return next_buffered(message);
    if (unread_.empty()) return Decoded::NeedMore;
    return give_unread(message) ? Decoded::Done : next_buffered(message);
  }
  // Octets of a message that is not whole yet, prefix included.
  std::uint64_t pending() const { return begun_ + unread_.size(); }

 private:
  bool give_unread(Message& message);
  Decoded next_buffered(Message& message);
  void empty_buffer();
  bool take_prefix();
  void take_octets();
  std::size_t kept_max(std::uint8_t flag) const { return flag == 1 ? compressed_kept_max_ : kept_max_; }
  std::size_t room(std::size_t wanted);
  void keep(Bytes octets);

  std::size_t kept_max_;
  std::size_t compressed_kept_max_;
  std::size_t all_max_;
  MessageBytes& all_;
  std::size_t held_ = 0;  // of those, by this one: it gives nothing back before its end
  Bytes unread_;
  std::vector<std::byte> buffer_;  // prefix and kept octets of the message that has begun
  std::uint64_t begun_ = 0;        // octets of it so far
  std::uint32_t length_ = 0;
  std::uint64_t lost_ = 0;  // of them, that were not seen
  bool crowded_out_ = false;
  bool clear_ = false;  // the last message borrowed from buffer_
};

// The usual case: the message lies whole in the octets fed.
inline bool MessageDecoder::give_unread(Message& message) {
  if (unread_.size() < kPrefixBytes) return false;
  const auto length = load_network<std::uint32_t>(unread_.data() + 1);
  if (unread_.size() - kPrefixBytes < length) return false;
  const auto flag = std::to_integer<std::uint8_t>(unread_.front());
  message = {
      .flag = flag, .length = length, .octets = {unread_.data() + kPrefixBytes, std::min<std::size_t>(length, kept_max(flag))}};
  unread_ = unread_.subspan(kPrefixBytes + length);
  return true;
}

}  // namespace testigo::rpc
