#include "check/answer_order.h"

#include <algorithm>

#include <fmt/format.h>

namespace testigo::check {

using http2::FrameType;
using http2::StreamId;

void AnswerOrder::on_frame(const call::FrameSeen& seen, const StreamTable::Stream& stream) {
  const http2::FrameHeader& header = seen.frame.header;
  if (header.is(FrameType::Data)) {
    data(seen, stream);
  } else if (header.is(FrameType::Headers)) {
    if (stream.answered) return;
    streams_.set_answered(header.stream, true);
    if (StreamTable::of_client(header.stream)) highest_answered_ = std::max(highest_answered_, header.stream);
  } else if (const auto* payload = std::get_if<http2::RstStreamFrame>(&seen.frame.payload)) {
    reset(seen, stream, *payload);
  }
}

// The DATA of a response follow a final :status, not 1xx.
void AnswerOrder::on_block(const call::BlockSeen& seen) {
  if (seen.role == call::BlockRole::Informational) streams_.set_answered(seen.spot.place.stream, false);
}

// ST12. What comes after the server has ended the stream is ST05 or ST06.
void AnswerOrder::data(const call::FrameSeen& seen, const StreamTable::Stream& stream) {
  if (stream.server.by_end_stream || stream.server.by_reset) return;
  findings_.judge(Id::ST12, stream.answered, seen.spot,
                  [&] { return fmt::format("DATA on stream {} before the response HEADERS", seen.frame.header.stream); });
}

// ST10.
void AnswerOrder::reset(const call::FrameSeen& seen, const StreamTable::Stream& stream, const http2::RstStreamFrame& reset) {
  if (reset.error_code != http2::kRefusedStream) return;
  findings_.judge(Id::ST10, !stream.answered, seen.spot,
                  [&] { return fmt::format("REFUSED_STREAM on stream {}, which was answered", seen.frame.header.stream); });
}

// ST10. Those that have ended count too: the last stream is the highest that the server might have acted upon (section 6.8).
void AnswerOrder::on_goaway(const call::FrameSeen& seen, const http2::GoawayFrame& goaway) {
  findings_.judge(Id::ST10, goaway.last_stream >= highest_answered_, seen.spot, [&] {
    return fmt::format("GOAWAY with last stream {}, although stream {} was answered", goaway.last_stream, highest_answered_);
  });
}

}  // namespace testigo::check
