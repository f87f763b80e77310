// ST: what a server says of a stream before, and after, it has answered (RFC 9113 sections 8.1 and 8.7).
#pragma once

#include <algorithm>

#include "call/event.h"
#include "check/findings.h"
#include "check/stream_table.h"

namespace testigo::check {

class AnswerOrder {
 public:
  // `streams` must outlive it; it says there which are answered.
  AnswerOrder(Findings& findings, StreamTable& streams) : findings_(findings), streams_(streams) {}

  // A frame of the server, on a stream that is followed.
  void on_frame(const call::FrameSeen& seen, const StreamTable::Stream& stream);
  // HEADERS among those.
  void on_headers(http2::StreamId id, StreamTable::Stream& stream) {
    if (stream.answered) return;
    stream.answered = true;
    if (StreamTable::of_client(id)) highest_answered_ = std::max(highest_answered_, id);
  }
  void on_goaway(const call::FrameSeen& seen, const http2::GoawayFrame& goaway);
  void on_block(const call::BlockSeen& seen);

 private:
  void data(const call::FrameSeen& seen, const StreamTable::Stream& stream);
  void reset(const call::FrameSeen& seen, const StreamTable::Stream& stream, const http2::RstStreamFrame& reset);

  Findings& findings_;
  StreamTable& streams_;
  http2::StreamId highest_answered_ = 0;  // of the client's
};

}  // namespace testigo::check
