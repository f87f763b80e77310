// ST: what a server says of a stream before, and after, it has answered (RFC 9113 sections 8.1 and 8.7).
#pragma once

#include <cstddef>
#include <cstdint>

#include "call/event.h"
#include "check/calls_so_far.h"
#include "check/findings.h"
#include "check/stream_table.h"

namespace testigo::check {

class AnswerOrder {
 public:
  // `streams` must outlive it, which says there which are answered, and so must `calls`.
  AnswerOrder(Findings& findings, StreamTable& streams, CallsSoFar& calls)
      : findings_(findings), streams_(streams), left_out_(calls.notes) {}

  // A frame of the server, on a stream that is followed.
  void on_frame(const call::FrameSeen& seen, const StreamTable::Stream& stream);
  // HEADERS among those, where they do not come too late.
  void on_headers(http2::StreamId id, StreamTable::Stream& stream) {
    if (stream.answered) return;
    stream.answered = true;
    note_answered(id);
  }
  // The server has sent a GOAWAY that left the stream out.
  bool is_left_out(http2::StreamId id) const { return id > goaway_last_ && StreamTable::of_client(id); }
  void on_goaway(const call::FrameSeen& seen, const http2::GoawayFrame& goaway);
  void on_block(const call::BlockSeen& seen);
  void on_call(const call::Call& call);

 private:
  void data(const call::FrameSeen& seen, const StreamTable::Stream& stream);
  void reset(const call::FrameSeen& seen, const StreamTable::Stream& stream, const http2::RstStreamFrame& reset);
  void note_answered(http2::StreamId id) {
    if (!StreamTable::of_client(id) || id <= highest_answered_) return;
    answered_below_ = highest_answered_;
    highest_answered_ = id;
  }
  void take_back(http2::StreamId id);

  Findings& findings_;
  StreamTable& streams_;
  http2::StreamId highest_answered_ = 0;         // of the client's
  http2::StreamId answered_below_ = 0;           // the highest before that one was
  http2::StreamId goaway_last_ = 0x7fff'ffff;    // the lowest last stream that the server named
  std::uint64_t goaway_packet_ = 0;              // where
  Notes<http2::StreamId, call::Spot> left_out_;  // that are answered all the same: where that begins
};

}  // namespace testigo::check
