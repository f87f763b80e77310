#include "check/answer_order.h"

#include <fmt/format.h>

#include "wire/rpc/status.h"

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
    note_answered(header.stream);
    if (is_left_out(header.stream) && left_out_.size() < findings_.limits().streams_remembered) {
      left_out_.try_emplace(header.stream, seen.spot);
    }
  } else if (const auto* payload = std::get_if<http2::RstStreamFrame>(&seen.frame.payload)) {
    reset(seen, stream, *payload);
  }
}

// A final :status answers, not 1xx; where it is not known which of them it is, nobody is blamed for it.
void AnswerOrder::on_block(const call::BlockSeen& seen) {
  if (seen.spot.direction == Direction::ToServer) return;
  if (seen.role == call::BlockRole::Informational) streams_.set_answered(seen.spot.place.stream, false);
  if (seen.role == call::BlockRole::Informational || seen.role == call::BlockRole::Unknown) take_back(seen.spot.place.stream);
}

void AnswerOrder::take_back(StreamId id) {
  if (id == highest_answered_) highest_answered_ = answered_below_;
  left_out_.erase(id);
}

// ST10. What is above the last stream of a GOAWAY was not processed, and will not be: no data of it reach what might act on them
// (RFC 9113 section 6.8). A status OK, or a reply, says that they did; an error may come from whoever took nothing up.
void AnswerOrder::on_call(const call::Call& call) {
  const call::Spot* const answer = left_out_.find(call.place.stream);
  if (answer == nullptr) return;
  const bool replied = call.response_class == call::RpcClass::Grpc && call.response.messages != 0;
  if (replied || (call.response_class == call::RpcClass::Grpc && call.status == rpc::kOk)) {
    findings_.fail(Id::ST10, *answer,
                   fmt::format("an answer on stream {}, which GOAWAY (packet {}) had left out: its last stream was {}",
                               call.place.stream, goaway_packet_, goaway_last_));
  }
  left_out_.erase(call.place.stream);
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
  if (goaway.last_stream >= goaway_last_) return;
  goaway_last_ = goaway.last_stream;
  goaway_packet_ = seen.spot.place.packet;
}

}  // namespace testigo::check
