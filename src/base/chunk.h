// What every source hands on: octets of one direction of one connection, with what is known about their surroundings.
//
// A chunk borrows its octets for the call that receives it.
#pragma once

#include <cstdint>
#include <limits>

#include "base/bytes.h"
#include "base/clock.h"

namespace testigo {

enum class Direction : std::uint8_t { ToServer, ToClient };

constexpr Direction opposite(Direction direction) {
  return direction == Direction::ToServer ? Direction::ToClient : Direction::ToServer;
}

constexpr std::uint64_t kUnknownMissing = std::numeric_limits<std::uint64_t>::max();

struct Chunk {
  Time time;
  Direction direction = Direction::ToServer;
  Bytes bytes;  // may be empty: an acknowledgement alone
  // Octets of this direction that were not seen before `bytes`; `kUnknownMissing` when their number is not known.
  std::uint64_t missing = 0;
  // How many octets of the other direction its sender had acknowledged, counted from the start of the connection
  // (TCP's ACK; the tap: what it had handed over).
  std::uint64_t acked = 0;
  // The packet of the capture that carried it, numbered from 1 as Wireshark does; 0 when there is no capture.
  std::uint64_t packet = 0;
};

}  // namespace testigo
