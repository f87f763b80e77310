// ST: the life of streams (RFC 9113 section 5.1).
#pragma once

#include <cstdint>
#include <limits>

#include "check/after_reset.h"
#include "check/answer_order.h"
#include "check/check.h"
#include "check/findings.h"
#include "check/limit_in_force.h"
#include "check/stream_table.h"

namespace testigo::check {

class StreamChecks final : public Check {
 public:
  StreamChecks(Findings& findings, CallsSoFar& calls)
      : findings_(findings),
        streams_(findings.limits().streams_max),
        limit_(kMaxConcurrentStreams, Direction::ToClient, findings.limits().pending_settings_max),
        after_reset_(findings),
        answer_order_(findings, streams_, calls) {}

  // Where others keep what they follow of a stream, too.
  FollowedStreams& followed() { return streams_.followed(); }

  call::Interest hears() const override {
    return {.frames = true, .blocks = true, .messages = false, .side_ends = false, .calls = true};
  }
  bool speaks_for_alike(const call::BlockSeen& seen) const override {
    return seen.role != call::BlockRole::Informational && seen.role != call::BlockRole::Unknown;
  }
  void on_frame(const call::FrameSeen& seen) override;
  void on_block(const call::BlockSeen& seen) override { answer_order_.on_block(seen); }
  void on_call(const call::CallClosed& closed) override { answer_order_.on_call(closed.call); }

  // The short way (plain_frames.h): no row but those named can have a word on it. The client opens the stream: ST01 to ST04 pass.
  bool may_open(http2::StreamId id) const { return streams_.comes_next(id) && streams_.open_of_client() < open_most_; }
  // That may be opened, and is new in the table.
  void open_new(http2::StreamId id, FollowedStream& stream) { streams_.open_next(id, stream); }
  // Of DATA or HEADERS: ST05 passes; of DATA of the server, where it has answered, ST12. The stream has a life.
  static bool may_go_on(const FollowedStream& stream, Direction direction) {
    return !stream.life.reset() && !stream.life.side(direction).by_end_stream;
  }
  // Of WINDOW_UPDATE on a stream that nobody follows: no row has a word on it.
  bool was_open(http2::StreamId id) const { return !streams_.given_up() && streams_.opened(id) != StreamTable::Opened::Never; }
  // HEADERS of the server on a stream that may go on: ST10 has no word on them.
  bool may_answer(http2::StreamId id) const { return !answer_order_.is_left_out(id); }
  // That may.
  void answer(http2::StreamId id, FollowedStream& stream) { answer_order_.on_headers(id, stream.life); }
  // The stream is the client's; its side may go on, and does not. The caller drops it where nobody follows it any more.
  void end_side(FollowedStream& stream, Direction direction) { streams_.end_open(stream, direction); }

 private:
  static constexpr std::uint64_t kNoLimit = std::numeric_limits<std::uint64_t>::max();

  void of_connection(const call::FrameSeen& seen);
  // Needs S: the ids of new streams.
  void new_stream(const call::FrameSeen& seen);
  void promise(const call::FrameSeen& seen, http2::StreamId promised);
  // Need S2, or rest on what the streams have come to.
  bool states_known(const call::FrameSeen& seen);
  // Null: the stream is not followed.
  void state(const call::FrameSeen& seen, const StreamTable::Stream* stream);
  void idle(const call::FrameSeen& seen);
  void closed(const call::FrameSeen& seen);
  void concurrency(const call::FrameSeen& seen);

  Findings& findings_;
  StreamTable streams_;
  LimitInForce limit_;
  std::uint64_t open_most_ = kNoLimit;  // as far as ST03 can tell; 0 where it cannot
  AfterReset after_reset_;
  AnswerOrder answer_order_;
};

}  // namespace testigo::check
