// Takes the message bodies out of the DATA of one connection, in place. What stays are the five octets before each message of gRPC
// (flag and length), so that messages can still be counted; where no header block said that it is gRPC, nothing stays.
#pragma once

#include <cstdint>
#include <span>
#include <unordered_map>

#include "base/bytes.h"
#include "base/chunk.h"
#include "base/limits.h"
#include "wire/http2/frame.h"

namespace testigo::capture {

// One side of one call.
class MessageRedaction {
 public:
  void redact(std::span<std::byte> data);

 private:
  std::uint64_t body_left_ = 0;
  std::uint32_t length_ = 0;
  std::uint8_t prefix_octets_ = 0;
  bool foreign_ = false;  // no flag of gRPC: the rest is no messages
};

class DataRedaction {
 public:
  // With `payloads` everything stays.
  DataRedaction(bool payloads, const Limits& limits) : payloads_(payloads), streams_max_(limits.streams_max) {}

  bool payloads() const { return payloads_; }

  // The side is gRPC's.
  void open(Direction direction, http2::StreamId stream);
  // No message follows on the side, or none that could be told from other octets.
  void end(Direction direction, http2::StreamId stream) { sides_.erase(key(direction, stream)); }
  void reset(http2::StreamId stream);

  void redact(Direction direction, http2::StreamId stream, std::span<std::byte> data);

 private:
  static std::uint64_t key(Direction direction, http2::StreamId stream) {
    return std::uint64_t{stream} << 1 | static_cast<std::uint64_t>(direction);
  }

  bool payloads_;
  std::size_t streams_max_;
  std::unordered_map<std::uint64_t, MessageRedaction> sides_;
};

}  // namespace testigo::capture
