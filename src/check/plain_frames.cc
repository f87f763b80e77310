#include "check/plain_frames.h"

#include <initializer_list>
#include <utility>

#include "check/flow_control_checks.h"
#include "check/frame_checks.h"
#include "check/goaway_checks.h"
#include "check/stream_checks.h"

namespace testigo::check {

using http2::FrameType;

bool PlainFrames::take(const call::FrameSeen& seen) {
  if (!seen.connection.whole() || !form_.is_plain(seen)) return false;
  const http2::FrameHeader& header = seen.frame.header;
  const std::uint8_t flags = header.flags & ~http2::kFlagEndStream;
  switch (static_cast<FrameType>(header.type)) {
    case FrameType::Data:
      return flags == 0 && data(seen);
    case FrameType::Headers:
      return flags == http2::kFlagEndHeaders && (seen.spot.direction == Direction::ToServer ? request(seen) : answer(seen));
    case FrameType::WindowUpdate:
      return header.flags == 0 && header.length == 4 && window_update(seen);
    default:
      return false;
  }
}

inline bool PlainFrames::passed(Kind kind) {
  ++passed_[static_cast<std::size_t>(kind)];
  return true;
}

// Null when nobody follows it, or not all do; streams of the client alone.
inline FollowedStream* PlainFrames::find(const call::FrameSeen& seen) {
  const http2::StreamId id = seen.frame.header.stream;
  FollowedStream* const stream = streams_.followed().find(id);
  return stream != nullptr && stream->wholly_followed() && StreamTable::of_client(id) ? stream : nullptr;
}

inline void PlainFrames::end(FollowedStream& stream, const call::Spot& spot) {
  streams_.end_side(stream, spot.direction);
  windows_.end_side(stream, spot);
  if (!stream.followed()) streams_.followed().erase(spot.place.stream);
}

inline bool PlainFrames::request(const call::FrameSeen& seen) {
  const http2::StreamId id = seen.frame.header.stream;
  if (!streams_.may_open(id) || !windows_.may_open(id) || !goaways_.may_open()) return false;
  FollowedStream& stream = *streams_.followed().try_emplace(id).first;
  streams_.open_new(id, stream);
  windows_.open_new(id, stream);
  goaways_.open_new(id);
  if (seen.frame.header.has(http2::kFlagEndStream)) end(stream, seen.spot);
  return passed(Kind::Request);
}

inline bool PlainFrames::answer(const call::FrameSeen& seen) {
  FollowedStream* const stream = find(seen);
  if (stream == nullptr || !StreamChecks::may_go_on(*stream, Direction::ToClient)) return false;
  streams_.answer(seen.frame.header.stream, *stream);
  if (seen.frame.header.has(http2::kFlagEndStream)) end(*stream, seen.spot);
  return passed(Kind::Answer);
}

// Empty DATA that does not end a stream may be a flood.
inline bool PlainFrames::data(const call::FrameSeen& seen) {
  const http2::FrameHeader& header = seen.frame.header;
  const bool last = header.has(http2::kFlagEndStream);
  FollowedStream* const stream = find(seen);
  if (stream == nullptr || (header.length == 0 && !last)) return false;
  const Direction direction = seen.spot.direction;
  const bool to_server = direction == Direction::ToServer;
  if (!StreamChecks::may_go_on(*stream, direction) || (!to_server && !stream->life.answered)) return false;
  if (!windows_.take_plain(*stream, direction, header.length)) return false;
  if (last) end(*stream, seen.spot);
  return passed(to_server ? Kind::RequestData : Kind::AnswerData);
}

inline bool PlainFrames::window_update(const call::FrameSeen& seen) {
  const std::uint32_t increment = std::get<http2::WindowUpdateFrame>(seen.frame.payload).increment;
  if (seen.frame.header.stream == 0) return windows_.give_plain(nullptr, seen.spot, increment) && passed(Kind::WindowUpdate);
  FollowedStream* const stream = find(seen);
  return stream != nullptr && !stream->life.reset() && windows_.give_plain(stream, seen.spot, increment) &&
         passed(Kind::WindowUpdate);
}

std::size_t PlainFrames::streams_followed() const { return streams_.followed().size(); }

void PlainFrames::settle(Findings& findings) {
  const auto pass = [&](Kind kind, std::initializer_list<Id> ids) {
    const std::uint64_t times = std::exchange(passed_[static_cast<std::size_t>(kind)], 0);
    for (const Id id : ids) findings.pass(id, times);
  };
  pass(Kind::Request, {Id::CN07, Id::CN09, Id::CN12, Id::ST01, Id::ST02, Id::ST03, Id::ST04});
  pass(Kind::Answer, {Id::CN07, Id::CN09, Id::CN12, Id::ST05});
  pass(Kind::RequestData, {Id::CN07, Id::CN09, Id::CN12, Id::ST05, Id::FC01, Id::FC02});
  pass(Kind::AnswerData, {Id::CN07, Id::CN09, Id::CN12, Id::ST05, Id::ST12, Id::FC01, Id::FC02});
  pass(Kind::WindowUpdate, {Id::CN09, Id::CN10, Id::CN12, Id::FC03, Id::FC04});
}

}  // namespace testigo::check
