// Frames as nearly all are, judged at once: DATA, HEADERS and WINDOW_UPDATE of the usual form, on a stream that is where such a
// frame belongs, within all limits, of a connection of which every octet was seen.
//
// Each check that hears them says of them what it would say itself: that rows pass, by kind of frame always the same ones. It may
// call a frame that is right not plain, never one plain that is not: what is not plain all checks hear.
#pragma once

#include <array>
#include <cstdint>

#include "call/event.h"
#include "check/findings.h"
#include "check/flow_control_checks.h"
#include "check/followed_streams.h"
#include "check/frame_checks.h"
#include "check/goaway_checks.h"
#include "check/stream_checks.h"

namespace testigo::check {

class PlainFrames {
 public:
  // Those of one connection; they must outlive its last call.
  PlainFrames(FrameChecks& form, GoawayChecks& goaways, StreamChecks& streams, FlowControlChecks& windows)
      : form_(form), goaways_(goaways), streams_(streams), windows_(windows) {}

  // True: it was plain, and no check must hear it any more. Of a frame that the judge judges.
  [[gnu::always_inline]] bool take(const call::FrameSeen& seen);
  // Says which rows passed, and how often, since the last call.
  void settle(Findings& findings);
  // How many streams any of them follows.
  std::size_t streams_followed() const;

 private:
  enum class Kind : std::uint8_t { Request, Answer, RequestData, AnswerData, WindowUpdate, LateWindowUpdate };
  static constexpr std::size_t kKinds = 6;

  bool passed(Kind kind);
  [[gnu::always_inline]] bool request(const call::FrameSeen& seen);
  [[gnu::always_inline]] bool answer(const call::FrameSeen& seen);
  [[gnu::always_inline]] bool data(const call::FrameSeen& seen);
  [[gnu::always_inline]] bool window_update(const call::FrameSeen& seen);
  bool late_window_update(const call::FrameSeen& seen, std::uint32_t increment);
  FollowedStream* find(const call::FrameSeen& seen);
  [[gnu::always_inline]] void end(FollowedStream& stream, const call::Spot& spot);

  FrameChecks& form_;
  GoawayChecks& goaways_;
  StreamChecks& streams_;
  FlowControlChecks& windows_;
  std::array<std::uint64_t, kKinds> passed_{};
};

inline bool PlainFrames::take(const call::FrameSeen& seen) {
  if (!seen.connection.whole() || !form_.is_plain(seen)) return false;
  const http2::FrameHeader& header = seen.frame.header;
  const std::uint8_t flags = header.flags & ~http2::kFlagEndStream;
  switch (static_cast<http2::FrameType>(header.type)) {
    case http2::FrameType::Data:
      return flags == 0 && data(seen);
    case http2::FrameType::Headers:
      return flags == http2::kFlagEndHeaders && (seen.spot.direction == Direction::ToServer ? request(seen) : answer(seen));
    case http2::FrameType::WindowUpdate:
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
  const http2::StreamId id = seen.frame.header.stream;
  if (stream == nullptr || !StreamChecks::may_go_on(*stream, Direction::ToClient) || !streams_.may_answer(id)) return false;
  streams_.answer(id, *stream);
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
  if (stream == nullptr) return late_window_update(seen, increment);
  return !stream->life.reset() && windows_.give_plain(stream, seen.spot, increment) && passed(Kind::WindowUpdate);
}

}  // namespace testigo::check
