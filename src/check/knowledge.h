// What an endpoint can have known of a frame F of its peer when it sent a frame V of its own (RULE 1 of the catalogue). Frames that
// cross each other on the wire are no violation, and no timer tells them from those that do not (RFC 9113 section 5.1).
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <optional>

#include "call/event.h"

namespace testigo::check {

enum class Knew : std::uint8_t {
  Nothing,  // TCP had not acknowledged F: it had not arrived
  Perhaps,  // it had arrived, and may have been read or not
  Proven,   // V's sender had acknowledged a PING or SETTINGS that was sent later than F
};

class Knowledge {
 public:
  explicit Knowledge(std::size_t pending_max) : pending_max_(pending_max) {}

  // Every SETTINGS and PING of the connection. The offset of what it acknowledges, if that can be told: of several PINGs that look
  // alike the oldest.
  std::optional<std::uint64_t> on_frame(const call::FrameSeen& seen);

  // Whether who sent what is at `spot` knew the frame of the other direction that ends at `end`.
  Knew knew(const call::Spot& spot, std::uint64_t end) const;

  // Which PING of that direction an ACK answers can no longer be told: one is malformed, or too many wait.
  bool pings_lost(Direction direction) const { return sides_[static_cast<std::size_t>(direction)].pings_lost; }

 private:
  struct Ping {
    std::uint64_t offset = 0;
    std::array<std::byte, 8> opaque{};
  };
  struct Side {
    std::deque<std::uint64_t> settings;  // that wait for their ACK: their offsets
    std::deque<Ping> pings;
    bool settings_lost = false;
    bool pings_lost = false;
    std::uint64_t read = 0;  // of the other's octets, as proven by its ACKs
  };

  void ask(const call::FrameSeen& seen, Side& from) const;
  static std::optional<std::uint64_t> answered(const http2::Frame& ack, Side& asker);

  std::size_t pending_max_;
  std::array<Side, 2> sides_;  // by direction
};

}  // namespace testigo::check
