// The streams of one connection and how far each side has ended them (RFC 9113 section 5.1).
//
// Streams that both sides have ended are dropped at once. Those that a RST_STREAM closed are remembered for a while, for what
// crosses it is no violation; older ones are forgotten, and that is said.
#pragma once

#include <cstdint>
#include <deque>

#include "base/ring_map.h"
#include "call/event.h"

namespace testigo::check {

class StreamTable {
 public:
  struct Ended {
    bool by_end_stream = false;
    bool by_reset = false;
    std::uint64_t reset_end = 0;  // offset behind its first RST_STREAM
  };
  struct Stream {
    Ended client;
    Ended server;
    bool answered = false;  // the server has sent HEADERS that are not merely informational
    const Ended& side(Direction direction) const { return direction == Direction::ToServer ? client : server; }
    bool reset() const { return client.by_reset || server.by_reset; }
    bool closed() const { return reset() || (client.by_end_stream && server.by_end_stream); }
  };
  enum class Opened : std::uint8_t { Never, Once, Unknown };

  explicit StreamTable(std::size_t streams_max) : streams_max_(streams_max) {}

  static bool of_client(http2::StreamId id) { return id % 2 == 1; }

  // Null when it was never opened, or is closed and no longer remembered.
  const Stream* find(http2::StreamId id) { return streams_.find(id); }
  Opened opened(http2::StreamId id) const;
  // An id of the same side that is as high or higher was opened before.
  bool passed(http2::StreamId id) const { return id <= highest(id); }
  http2::StreamId highest(http2::StreamId of_side) const { return highest_[of_client(of_side)]; }
  // Streams of the client that are open or half-closed.
  std::uint64_t open_of_client() const { return open_of_client_; }

  void open(http2::StreamId id);
  void end(http2::StreamId id, Direction by);
  void reset(http2::StreamId id, Direction by, std::uint64_t offset_behind);
  // Where it is followed.
  void set_answered(http2::StreamId id, bool answered);

  // From here on only the highest ids are kept, since not all frames were seen, or too many streams are open.
  void give_up();
  bool given_up() const { return given_up_; }

 private:
  // Ids that were never opened, though a higher one was: both ends are in it.
  struct Skipped {
    http2::StreamId first;
    http2::StreamId last;
  };

  void skip(http2::StreamId first, http2::StreamId last);
  bool skipped(http2::StreamId id) const;
  void note(http2::StreamId id, Direction by, const Ended& ended);

  std::size_t streams_max_;
  RingMap<Stream> streams_;
  std::deque<http2::StreamId> reset_;  // in the order in which RST_STREAM closed them
  std::deque<Skipped> skipped_[2];     // of each side, ascending
  http2::StreamId reset_forgotten_ = 0;
  http2::StreamId skipped_forgotten_ = 0;
  http2::StreamId highest_[2] = {0, 0};
  std::uint64_t open_of_client_ = 0;
  bool given_up_ = false;
};

}  // namespace testigo::check
