// The streams of one connection and how far each side has ended them (RFC 9113 section 5.1).
//
// Streams that both sides have ended are dropped at once. Those that a RST_STREAM closed are remembered for a while, for what
// crosses it is no violation; older ones are forgotten, and that is said.
#pragma once

#include <cstdint>
#include <deque>

#include "call/event.h"
#include "check/followed_streams.h"

namespace testigo::check {

class StreamTable {
 public:
  using Stream = StreamLife;
  enum class Opened : std::uint8_t { Never, Once, Unknown };

  explicit StreamTable(std::size_t streams_max) : streams_max_(streams_max) {}

  static bool of_client(http2::StreamId id) { return id % 2 == 1; }

  // Null when it was never opened, or is closed and no longer remembered.
  const Stream* find(http2::StreamId id) const {
    const FollowedStream* const stream = streams_.find(id);
    return stream != nullptr && stream->has_life ? &stream->life : nullptr;
  }
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

  // For the short way (plain_frames.h). Where others keep what they follow, too: nobody else takes a stream out that has a life.
  FollowedStreams& followed() { return streams_; }
  // The id is the client's, and the next one.
  bool comes_next(http2::StreamId id) const { return of_client(id) && id == highest_[1] + 2 && size_ < streams_max_ && !given_up_; }
  // That comes next, and is new in `followed()`.
  void open_next(http2::StreamId id, FollowedStream& stream) {
    highest_[1] = id;
    stream.has_life = true;
    ++size_;
    ++open_of_client_;
  }
  // It is the client's, not reset, and not ended by this side. The caller drops it where nobody follows it any more.
  void end_open(FollowedStream& stream, Direction by) {
    stream.life.side(by).by_end_stream = true;
    if (!stream.life.closed()) return;
    stream.has_life = false;
    --size_;
    --open_of_client_;
  }

 private:
  // Ids that were never opened, though a higher one was: both ends are in it.
  struct Skipped {
    http2::StreamId first;
    http2::StreamId last;
  };

  void skip(http2::StreamId first, http2::StreamId last);
  bool skipped(http2::StreamId id) const;
  void note(http2::StreamId id, Direction by, const Ended& ended);
  void forget(http2::StreamId id);

  std::size_t streams_max_;
  FollowedStreams streams_;
  std::size_t size_ = 0;               // those of them that have a life
  std::deque<http2::StreamId> reset_;  // in the order in which RST_STREAM closed them
  std::deque<Skipped> skipped_[2];     // of each side, ascending
  http2::StreamId reset_forgotten_ = 0;
  http2::StreamId skipped_forgotten_ = 0;
  http2::StreamId highest_[2] = {0, 0};
  std::uint64_t open_of_client_ = 0;
  bool given_up_ = false;
};

}  // namespace testigo::check
