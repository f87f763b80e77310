#include "check/after_reset.h"

#include <fmt/format.h>

namespace testigo::check {
namespace {

using http2::FrameType;

std::string frame_on_stream(const http2::FrameHeader& header) {
  return fmt::format("{} on stream {}", http2::frame_type_name(header.type), header.stream);
}

}  // namespace

// What follows the sender's own END_STREAM is ST05 alone. CONTINUATION belongs to what it goes on with.
void AfterReset::on_frame(const call::FrameSeen& seen, const StreamTable::Stream& stream) {
  const http2::FrameHeader& header = seen.frame.header;
  const Ended& sender = stream.side(seen.spot.direction);
  if (header.is(FrameType::Priority) || header.is(FrameType::Continuation)) return;
  if (header.is(FrameType::RstStream)) {
    if (!sender.by_reset && !stream.server.by_end_stream) answered_in_kind(seen, stream);
    return;
  }
  if (sender.by_end_stream && !header.is(FrameType::WindowUpdate)) return;
  sender.by_reset ? own(seen) : received(seen, stream.side(opposite(seen.spot.direction)));
}

// ST06.
void AfterReset::own(const call::FrameSeen& seen) {
  const http2::FrameHeader& header = seen.frame.header;
  findings_.fail(Id::ST06, header.is(FrameType::WindowUpdate) ? Severity::Warning : Severity::Error, seen.spot,
                 frame_on_stream(header) + " after its sender's RST_STREAM");
}

// ST07.
void AfterReset::answered_in_kind(const call::FrameSeen& seen, const StreamTable::Stream& stream) {
  const Knew knew = knowledge_.knew(seen.spot, stream.side(opposite(seen.spot.direction)).reset_end);
  if (knew == Knew::Nothing) {
    findings_.pass(Id::ST07);
    return;
  }
  findings_.fail(Id::ST07, knew == Knew::Proven ? Severity::Warning : Severity::Info, seen.spot,
                 fmt::format("RST_STREAM on stream {}, which the other side had reset; its sender {}", seen.frame.header.stream,
                             knew == Knew::Proven ? "had read that" : "may not have read that yet"));
}

// ST11.
void AfterReset::received(const call::FrameSeen& seen, const Ended& other) {
  findings_.judge(Id::ST11, knowledge_.knew(seen.spot, other.reset_end) != Knew::Proven, seen.spot,
                  [&] { return frame_on_stream(seen.frame.header) + ", whose RST_STREAM its sender had read"; });
}

}  // namespace testigo::check
