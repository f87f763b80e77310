#include "check/stream_checks.h"

#include <optional>

#include <fmt/format.h>

namespace testigo::check {

using http2::FrameType;
using http2::StreamId;

namespace {

bool is_data_or_headers(const http2::FrameHeader& header) { return header.is(FrameType::Data) || header.is(FrameType::Headers); }

// What END_STREAM is the end of, for its sender. A client that promises is CN17 alone.
bool goes_on(const call::FrameSeen& seen) {
  const http2::FrameHeader& header = seen.frame.header;
  return is_data_or_headers(header) || (header.is(FrameType::PushPromise) && seen.spot.direction == Direction::ToClient);
}

// The others of RFC 9113 section 6 stand on stream 0 (CN07); what is unknown is ignored.
bool belongs_to_a_stream(const http2::FrameHeader& header) {
  return header.type <= static_cast<std::uint8_t>(FrameType::Continuation) && !header.is(FrameType::Settings) &&
         !header.is(FrameType::Ping) && !header.is(FrameType::Goaway);
}

std::string frame_on_stream(const http2::FrameHeader& header) {
  return fmt::format("{} on stream {}", http2::frame_type_name(header.type), header.stream);
}

}  // namespace

void StreamChecks::on_frame(const call::FrameSeen& seen) {
  const http2::FrameHeader& header = seen.frame.header;
  if (!belongs_to_a_stream(header)) {
    of_connection(seen);
    return;
  }
  if (header.stream == 0) return;
  const StreamTable::Stream* const stream = streams_.find(header.stream);
  const bool opens = stream == nullptr && header.is(FrameType::Headers) && seen.spot.direction == Direction::ToServer &&
                     streams_.opened(header.stream) == StreamTable::Opened::Never;
  if (states_known(seen)) state(seen, stream);
  if (opens) new_stream(seen);
  if (const auto* push = std::get_if<http2::PushPromiseFrame>(&seen.frame.payload)) promise(seen, push->promised);
  if (header.is(FrameType::RstStream)) {
    streams_.reset(header.stream, seen.spot.direction, seen.spot.end);
  } else if (is_data_or_headers(header) && header.has(http2::kFlagEndStream)) {
    streams_.end(header.stream, seen.spot.direction);
  }
}

[[gnu::noinline]] void StreamChecks::of_connection(const call::FrameSeen& seen) {
  const http2::FrameHeader& header = seen.frame.header;
  if (header.is(FrameType::Settings)) {
    limit_.on_settings(seen);
    open_most_ = limit_.lost() ? 0 : limit_.in_force().value_or(kNoLimit);
  }
  if (header.is(FrameType::Settings) || header.is(FrameType::Ping)) after_reset_.on_asked(seen);
  const auto* goaway = std::get_if<http2::GoawayFrame>(&seen.frame.payload);
  if (goaway != nullptr && seen.spot.direction == Direction::ToClient && seen.connection.whole()) {
    answer_order_.on_goaway(seen, *goaway);
  }
}

// ST01, ST02 and, for it is the same frame, ST03.
void StreamChecks::new_stream(const call::FrameSeen& seen) {
  const StreamId id = seen.frame.header.stream;
  findings_.judge(Id::ST01, StreamTable::of_client(id), seen.spot,
                  [&] { return fmt::format("the client opened stream {}, which is even", id); });
  findings_.judge(Id::ST02, !streams_.passed(id), seen.spot,
                  [&] { return fmt::format("the client opened stream {} after stream {}", id, streams_.highest(id)); });
  streams_.open(id);
  if (StreamTable::of_client(id)) concurrency(seen);
}

[[gnu::noinline]] void StreamChecks::promise(const call::FrameSeen& seen, StreamId promised) {
  if (seen.spot.direction == Direction::ToServer) return;  // CN17
  findings_.judge(Id::ST01, !StreamTable::of_client(promised), seen.spot,
                  [&] { return fmt::format("the server promised stream {}, which is odd", promised); });
  if (StreamTable::of_client(promised)) return;
  const bool newest = !streams_.passed(promised);
  findings_.judge(Id::ST02, newest, seen.spot, [&] {
    return fmt::format("the server promised stream {} after stream {}", promised, streams_.highest(promised));
  });
  if (newest) streams_.open(promised);
  streams_.end(promised, Direction::ToServer);  // reserved: the client has nothing to say (section 5.1)
}

bool StreamChecks::states_known(const call::FrameSeen& seen) {
  if (seen.connection.whole() && !streams_.given_up()) return true;
  if (!seen.connection.whole()) {  // the judge says so
    streams_.give_up();
    return false;
  }
  for (const Id id : {Id::ST03, Id::ST04, Id::ST05, Id::ST06, Id::ST07, Id::ST10, Id::ST11, Id::ST12}) {
    findings_.not_judgeable(id, "more streams were open than are followed");
  }
  return false;
}

// ST04, ST05; the rest of them where they apply.
void StreamChecks::state(const call::FrameSeen& seen, const StreamTable::Stream* stream) {
  const http2::FrameHeader& header = seen.frame.header;
  if (stream == nullptr) {
    streams_.opened(header.stream) == StreamTable::Opened::Never ? idle(seen) : closed(seen);
    return;
  }
  if (seen.spot.direction == Direction::ToClient) answer_order_.on_frame(seen, *stream);
  if (stream->reset()) after_reset_.on_frame(seen, *stream);
  const Ended& own = stream->side(seen.spot.direction);
  if (header.is(FrameType::RstStream)) {
    for (const Id id : {Id::ST06, Id::ST07, Id::ST11}) findings_.pass(id);  // until something follows
  }
  if (!goes_on(seen) || (own.by_reset && !own.by_end_stream)) return;  // ST06 alone
  findings_.judge(Id::ST05, !own.by_end_stream, seen.spot,
                  [&] { return frame_on_stream(header) + " after its sender's END_STREAM"; });
}

// The stream was never opened. (Below the highest id it counts as closed, section 5.1.1, and is as little a place for frames.)
[[gnu::noinline]] void StreamChecks::idle(const call::FrameSeen& seen) {
  const http2::FrameHeader& header = seen.frame.header;
  if (header.is(FrameType::Priority) || header.is(FrameType::Continuation)) return;  // CONTINUATION: ST08
  if (header.is(FrameType::Headers) && seen.spot.direction == Direction::ToServer) {
    findings_.pass(Id::ST04);
  } else if (seen.connection.seen_all_before(seen.spot)) {
    findings_.fail(Id::ST04, seen.spot, frame_on_stream(header) + ", which nobody has opened");
  } else {
    findings_.not_judgeable(Id::ST04, "what opened the stream had not been seen yet");
  }
}

// Both sides have ended the stream, or it is not known whether one of them reset it.
[[gnu::noinline]] void StreamChecks::closed(const call::FrameSeen& seen) {
  const http2::FrameHeader& header = seen.frame.header;
  if (!goes_on(seen)) return;
  if (streams_.opened(header.stream) == StreamTable::Opened::Unknown) {
    for (const Id id : {Id::ST05, Id::ST06, Id::ST11}) {
      findings_.not_judgeable(id, "how the stream ended is too long ago to be remembered");
    }
    return;
  }
  if (header.is(FrameType::Headers) && seen.spot.direction == Direction::ToServer) {
    findings_.fail(Id::ST02, seen.spot, fmt::format("HEADERS on stream {}, which was used before", header.stream));
  }
  findings_.fail(Id::ST05, seen.spot, frame_on_stream(header) + ", which both sides have ended");
}

// ST03.
void StreamChecks::concurrency(const call::FrameSeen& seen) {
  if (!seen.connection.whole() || streams_.given_up()) return;
  if (limit_.lost()) {
    findings_.not_judgeable(Id::ST03, "which SETTINGS are in force can no longer be told");
    return;
  }
  const auto limit = limit_.in_force();
  findings_.judge(Id::ST03, !limit || streams_.open_of_client() <= *limit, seen.spot, [&] {
    return fmt::format("with stream {} there are {} open; the server allows {}", seen.frame.header.stream,
                       streams_.open_of_client(), *limit);
  });
}

}  // namespace testigo::check
