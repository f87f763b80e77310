// The streams of one connection, as far as checks follow them: one table for all, so that a frame is looked up once. Each of those
// who follow says which streams it follows; one that nobody follows any more is dropped.
#pragma once

#include <array>
#include <cstdint>

#include "base/ring_map.h"
#include "call/event.h"

namespace testigo::check {

// How one side has ended a stream.
struct Ended {
  bool by_end_stream = false;
  bool by_reset = false;
  std::uint64_t reset_end = 0;  // offset behind its first RST_STREAM
};

// How far both have come (RFC 9113 section 5.1).
struct StreamLife {
  Ended client;
  Ended server;
  bool answered = false;  // the server has sent HEADERS that are not merely informational
  Ended& side(Direction direction) { return direction == Direction::ToServer ? client : server; }
  const Ended& side(Direction direction) const { return direction == Direction::ToServer ? client : server; }
  bool reset() const { return client.by_reset || server.by_reset; }
  bool closed() const { return reset() || (client.by_end_stream && server.by_end_stream); }
};

// FC04. Perhaps: DATA that was on its way may have made room in time.
enum class Overflow : std::uint8_t { No, Perhaps, Yes };

// What one side may still send; of a stream without the initial window, which SETTINGS may change later.
struct Window {
  std::int64_t octets = 0;
  Overflow overflow = Overflow::No;
  bool ended = false;  // the side of the stream
};

struct FollowedStream {
  bool has_life = false;     // StreamTable follows it
  bool has_windows = false;  // FlowControlChecks follow it
  StreamLife life;
  std::array<Window, 2> windows;  // by the direction of the DATA

  bool followed() const { return has_life || has_windows; }
  // That is followed by both.
  bool wholly_followed() const { return has_life && has_windows; }
  Window& window(Direction of_data) { return windows[static_cast<std::size_t>(of_data)]; }
};

using FollowedStreams = RingMap<FollowedStream>;

}  // namespace testigo::check
