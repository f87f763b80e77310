// The octets of DATA, of one side of one call → flag, length and digest of each length-prefixed message, whole however long it is.
#pragma once

#include <array>
#include <cstdint>

#include "base/bytes.h"
#include "base/digest.h"
#include "wire/rpc/message_decoder.h"

namespace testigo::check::hop {

struct MessageDigest {
  std::uint8_t flag = 0;
  std::uint32_t length = 0;
  std::uint64_t octets = 0;  // the digest of them
  friend bool operator==(const MessageDigest&, const MessageDigest&) = default;
};

class MessageDigests {
 public:
  // Tells `sink` of each message that ends in the octets. Cutting them elsewhere changes nothing.
  template <typename Sink>
  void feed(Bytes octets, Sink sink) {
    while (!octets.empty()) {
      octets = begun_ < prefix_.size() ? take_prefix(octets) : take_octets(octets);
      if (begun_ == prefix_.size() && left_ == 0) sink(end());
    }
  }

 private:
  Bytes take_prefix(Bytes octets);
  Bytes take_octets(Bytes octets);
  MessageDigest end();

  std::array<std::byte, rpc::kPrefixBytes> prefix_{};
  std::size_t begun_ = 0;  // octets of the prefix so far
  std::uint32_t left_ = 0;
  Digest digest_;
};

}  // namespace testigo::check::hop
