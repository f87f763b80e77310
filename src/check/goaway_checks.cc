#include "check/goaway_checks.h"

#include <fmt/format.h>

namespace testigo::check {

using http2::FrameType;
using http2::StreamId;

void GoawayChecks::on_frame(const call::FrameSeen& seen) {
  if (seen.frame.header.is(FrameType::Headers)) {
    headers(seen);
  } else if (!seen.frame.header.is(FrameType::Goaway)) {
    knowledge_.on_frame(seen);
  } else if (const auto* payload = std::get_if<http2::GoawayFrame>(&seen.frame.payload)) {
    goaway(seen, *payload);
  }
}

// CN15.
void GoawayChecks::goaway(const call::FrameSeen& seen, const http2::GoawayFrame& goaway) {
  auto& last = last_stream_[static_cast<std::size_t>(seen.spot.direction)];
  if (last) {
    findings_.judge(Id::CN15, goaway.last_stream <= *last, seen.spot, [&] {
      return fmt::format("GOAWAY with last stream {}, after one with last stream {}", goaway.last_stream, *last);
    });
  }
  last = goaway.last_stream;
  if (seen.spot.direction == Direction::ToServer || servers_first_) return;
  servers_first_ = seen.spot;
  findings_.pass(Id::CN14);  // until a stream is opened
}

void GoawayChecks::headers(const call::FrameSeen& seen) {
  const StreamId id = seen.frame.header.stream;
  if (seen.spot.direction == Direction::ToClient || id <= highest_) return;
  highest_ = id;
  if (servers_first_) new_stream(seen);
}

// CN14.
void GoawayChecks::new_stream(const call::FrameSeen& seen) {
  if (!seen.connection.whole()) return;  // the judge says so
  const auto opened = [&](std::string_view how) {
    return fmt::format("the client opened stream {} after GOAWAY (packet {}){}", seen.frame.header.stream,
                       servers_first_->place.packet, how);
  };
  switch (knowledge_.knew(seen.spot, servers_first_->end)) {
    case Knew::Nothing:
      findings_.pass(Id::CN14);
      return;
    case Knew::Perhaps:
      findings_.fail(Id::CN14, Severity::Info, seen.spot, opened(" had arrived; it may not have read it yet"));
      return;
    case Knew::Proven:
      // No error: the ACK may have overtaken HEADERS that were queued before the GOAWAY was read (RFC 9113 section 6.7).
      findings_.fail(Id::CN14, Severity::Warning, seen.spot, opened(", which it had read: it acknowledged what was sent later"));
      return;
  }
}

}  // namespace testigo::check
