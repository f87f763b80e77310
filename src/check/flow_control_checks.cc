#include "check/flow_control_checks.h"

#include <algorithm>

#include <fmt/format.h>

namespace testigo::check {

using http2::FrameType;
using http2::StreamId;

namespace {

constexpr std::string_view kMayHaveCrossed = "DATA that may have been on its way makes room for it";

}  // namespace

FlowControlChecks::FlowControlChecks(Findings& findings, FollowedStreams& streams)
    : findings_(findings),
      halves_{{{{kInitialWindowSize, Direction::ToClient, findings.limits().pending_settings_max}},
               {{kInitialWindowSize, Direction::ToServer, findings.limits().pending_settings_max}}}},
      streams_(streams),
      streams_max_(findings.limits().streams_max),
      stalls_(findings) {}

void FlowControlChecks::on_opening(const call::ConnectionView& connection, const call::Spot&, http2::Opening) {
  for (Half& half : halves_) half.initial.on_opening(connection);
  look_up_initial();
}

void FlowControlChecks::look_up_initial() {
  for (Half& half : halves_) {
    half.initial_most = *half.initial.in_force();
    half.initial_newest = *half.initial.newest();
  }
}

void FlowControlChecks::on_frame(const call::FrameSeen& seen) {
  const http2::FrameHeader& header = seen.frame.header;
  switch (static_cast<FrameType>(header.type)) {
    case FrameType::WindowUpdate:
      window_update(seen);
      return;
    case FrameType::Data:
      if (!seen.connection.whole()) return;  // the judge says so
      if (header.stream != 0) data(seen);    // CN07
      break;
    case FrameType::Headers:
      if (!seen.connection.whole()) return;
      if (seen.spot.direction == Direction::ToServer) open(header.stream);
      break;
    default:
      if (seen.connection.whole()) other(seen);
      return;
  }
  if (header.has(http2::kFlagEndStream)) end(header.stream, seen.spot);
}

[[gnu::noinline]] void FlowControlChecks::other(const call::FrameSeen& seen) {
  const http2::FrameHeader& header = seen.frame.header;
  if (header.is(FrameType::RstStream)) {
    reset(header.stream, seen.spot.time);
  } else if (header.is(FrameType::Settings)) {
    settings(seen);
  } else if (const auto* push = std::get_if<http2::PushPromiseFrame>(&seen.frame.payload)) {
    open(push->promised);
  }
}

void FlowControlChecks::open(StreamId id) {
  StreamId& highest = highest_[id % 2];
  if (id <= highest) return;
  highest = id;
  if (followed_ >= streams_max_) give_up();
  if (given_up_) return;
  FollowedStream& stream = *streams_.try_emplace(id).first;
  stream.has_windows = true;
  stream.windows = {};
  ++followed_;
}

void FlowControlChecks::give_up() {
  given_up_ = true;
  followed_ = 0;
  for (Half& half : halves_) {
    while (!half.raised.empty()) give_up_on(half, half.raised.begin()->first, false);
  }
  streams_.erase_if([](FollowedStream& stream) {
    stream.has_windows = false;
    return !stream.followed();
  });
}

void FlowControlChecks::end(StreamId id, const call::Spot& spot) {
  FollowedStream* const stream = find(id);
  if (stream == nullptr) return;
  Window& window = stream->window(spot.direction);
  window.ended = true;
  stalls_.on_end(spot.direction, id, spot.time);
  if (window.overflow == Overflow::Perhaps) decide_at_end(id, window, spot);
  const bool promised = id % 2 == 0;  // the client has nothing to say there
  if (promised || (stream->windows[0].ended && stream->windows[1].ended)) drop(id, *stream);
}

void FlowControlChecks::drop(StreamId id, FollowedStream& stream) {
  for (Half& half : halves_) give_up_on(half, id, false);
  stream.has_windows = false;
  --followed_;
  if (!stream.followed()) streams_.erase(id);
}

void FlowControlChecks::reset(StreamId id, Time time) {
  for (const Direction of_data : {Direction::ToServer, Direction::ToClient}) stalls_.on_end(of_data, id, time);
  if (FollowedStream* const stream = find(id)) drop(id, *stream);
}

void FlowControlChecks::data(const call::FrameSeen& seen) {
  const http2::FrameHeader& header = seen.frame.header;
  Half& of = half(seen.spot.direction);
  const bool last = header.has(http2::kFlagEndStream);
  if (of.lost) {
    for (const Id id : {Id::FC01, Id::FC02}) findings_.not_judgeable(id, "a WINDOW_UPDATE could not be read");
    return;
  }
  take(Id::FC02, seen, of.connection, 0);
  if (of.connection.overflow == Overflow::Perhaps) make_room(seen, of, 0, of.connection);
  if (!last && of.connection.octets <= 0 && of.connection.overflow == Overflow::No) stalls_.on_empty(seen.spot, 0);
  if (given_up_) findings_.not_judgeable(Id::FC01, "more streams were open than are followed");
  FollowedStream* const stream = find(header.stream);
  if (stream == nullptr) return;
  if (of.initial.lost()) {
    findings_.not_judgeable(Id::FC01, "which SETTINGS are in force can no longer be told");
    return;
  }
  Window& own = stream->window(seen.spot.direction);
  take(Id::FC01, seen, own, of.initial_most);
  if (own.overflow == Overflow::Perhaps) make_room(seen, of, header.stream, own);
  if (!last && of.initial_most + own.octets <= 0 && own.overflow == Overflow::No) stalls_.on_empty(seen.spot, header.stream);
}

// FC01, FC02. `initial` is what the window has beside its own octets.
void FlowControlChecks::take(Id id, const call::FrameSeen& seen, Window& window, std::int64_t initial) {
  const http2::FrameHeader& header = seen.frame.header;
  const std::int64_t left = initial + window.octets;
  const bool exempt = header.length == 0 && header.has(http2::kFlagEndStream);
  window.octets -= header.length;
  if (window.overflow != Overflow::Yes && (exempt || header.length <= left)) {
    findings_.pass(id);
  } else {
    overdrawn(id, seen, window, left);
  }
}

[[gnu::noinline]] void FlowControlChecks::overdrawn(Id id, const call::FrameSeen& seen, const Window& window, std::int64_t left) {
  const http2::FrameHeader& header = seen.frame.header;
  if (window.overflow == Overflow::Yes) {
    findings_.not_judgeable(id, "the window has overflowed");
  } else if (seen.connection.seen_all_before(seen.spot)) {
    findings_.fail(id, seen.spot,
                   fmt::format("DATA of {} octets on stream {}; the window {} has {} left", header.length, header.stream,
                               id == Id::FC02 ? "of the connection" : "of the stream", left));
  } else {
    findings_.not_judgeable(id, "what its receiver allows had not been seen yet");
  }
}

void FlowControlChecks::settings(const call::FrameSeen& seen) {
  for (Half& half : halves_) half.initial.on_settings(seen);
  look_up_initial();
  if (seen.frame.header.has(http2::kFlagAck)) return acknowledged(half(seen.spot.direction));
  Half& of = half(opposite(seen.spot.direction));
  ++of.settings_sent;
  if (of.initial_newest > kWindowMax) {
    findings_.fail(Id::FC04, seen.spot, fmt::format("INITIAL_WINDOW_SIZE makes windows of {} octets", of.initial_newest));
  } else if (!of.initial.lost() && of.initial_newest + of.octets_most > kWindowMax) {
    raise_all(seen, of);
  }
}

void FlowControlChecks::window_update(const call::FrameSeen& seen) {
  const auto* update = std::get_if<http2::WindowUpdateFrame>(&seen.frame.payload);
  if (update == nullptr) {  // CN10
    half(opposite(seen.spot.direction)).lost = true;
    return;
  }
  findings_.judge(Id::FC03, update->increment != 0, seen.spot,
                  [&] { return fmt::format("WINDOW_UPDATE of 0 on stream {}", seen.frame.header.stream); });
  if (seen.connection.whole()) give(seen, update->increment);
}

void FlowControlChecks::give(const call::FrameSeen& seen, std::uint32_t increment) {
  const Direction of_data = opposite(seen.spot.direction);
  const StreamId id = seen.frame.header.stream;
  Half& of = half(of_data);
  if (of.lost) {
    findings_.not_judgeable(Id::FC04, "a WINDOW_UPDATE could not be read");
    return;
  }
  std::int64_t left = 0;
  if (id == 0) {
    of.connection.octets += increment;
    bounds(of, 0, of.connection, 0, {seen.connection, seen.spot, of.settings_sent + 1});
    left = of.connection.octets;
    of.drift.on_credit(left, seen.spot);
  } else if (FollowedStream* const stream = find(id)) {
    Window& own = stream->window(of_data);
    own.octets += increment;
    of.octets_most = std::max(of.octets_most, own.octets);
    if (!of.initial.lost()) bounds(of, id, own, of.initial_newest, {seen.connection, seen.spot, of.settings_sent + 1});
    left = of.initial_most + own.octets;
  }
  if (left > 0) stalls_.on_end(of_data, id, seen.spot.time);
}

// FC04. Of a window that SETTINGS have enlarged with all others.
void FlowControlChecks::raise_all(const call::FrameSeen& seen, Half& of) {
  of.octets_most = 0;
  const Cause cause{seen.connection, seen.spot, of.settings_sent};
  streams_.for_each([&](StreamId id, FollowedStream& stream) {
    if (!stream.has_windows) return;
    Window& window = stream.window(opposite(seen.spot.direction));
    if (window.ended || window.overflow != Overflow::No) return;
    of.octets_most = std::max(of.octets_most, window.octets);
    if (of.initial_newest + window.octets > kWindowMax) bounds(of, id, window, of.initial_newest, cause);
  });
}

void FlowControlChecks::bounds(Half& of, StreamId id, Window& window, std::int64_t initial, const Cause& cause) {
  if (window.overflow != Overflow::No) return;
  const std::int64_t octets = initial + window.octets;
  if (octets <= kWindowMax) {
    findings_.pass(Id::FC04);
  } else {
    overflow(of, id, window, octets, cause);
  }
}

// What counts is the window of its sender, who had sent what is still on its way.
[[gnu::noinline]] void FlowControlChecks::overflow(Half& of, StreamId id, Window& window, std::int64_t octets, const Cause& cause) {
  const std::int64_t excess = octets - kWindowMax;
  if (!cause.connection.seen_all_before(cause.spot)) {
    window.overflow = Overflow::Yes;
    findings_.not_judgeable(Id::FC04, "DATA that had arrived had not been seen yet");
  } else if (window.ended) {
    window.overflow = Overflow::Yes;
    fail({.spot = cause.spot, .octets = octets});
  } else {
    window.overflow = Overflow::Perhaps;
    of.raised[id] = {.spot = cause.spot, .octets = octets, .sure = excess, .least = excess, .settings = cause.proof};
  }
}

void FlowControlChecks::fail(const Raised& raised) {
  findings_.fail(Id::FC04, raised.spot, fmt::format("it enlarges a window to {} octets", raised.octets));
}

void FlowControlChecks::make_room(const call::FrameSeen& seen, Half& of, StreamId id, Window& window) {
  const auto it = of.raised.find(id);
  Raised& raised = it->second;
  const std::int64_t octets = seen.frame.header.length;
  const bool crossed = seen.spot.acked < raised.spot.end;
  raised.arrived |= !crossed;
  raised.least -= octets;
  if (crossed) raised.sure -= octets;
  if (raised.least > 0) return;
  window.overflow = raised.sure > 0 ? Overflow::Yes : Overflow::No;
  if (raised.sure > 0) {
    findings_.not_judgeable(Id::FC04, kMayHaveCrossed);
  } else {
    findings_.pass(Id::FC04);
  }
  of.raised.erase(it);
}

// What was sent before is taken off by now.
void FlowControlChecks::acknowledged(Half& of) {
  ++of.settings_acked;
  for (auto it = of.raised.begin(); it != of.raised.end();) {
    if (it->second.settings > of.settings_acked) {
      ++it;
      continue;
    }
    fail(it->second);
    if (Window* const window = window_of(of, it->first)) window->overflow = Overflow::Yes;
    it = of.raised.erase(it);
  }
}

// Null when it has none.
Window* FlowControlChecks::window_of(Half& of, StreamId id) {
  if (id == 0) return &of.connection;
  FollowedStream* const stream = find(id);
  return stream == nullptr ? nullptr : &stream->window(&of == halves_.data() ? Direction::ToServer : Direction::ToClient);
}

[[gnu::noinline]] void FlowControlChecks::decide_at_end(StreamId id, Window& window, const call::Spot& spot) {
  Half& of = half(spot.direction);
  const auto it = of.raised.find(id);
  if (spot.acked < it->second.spot.end) return give_up_on(of, id, false);  // nobody had a use for it any more
  window.overflow = Overflow::Yes;
  fail(it->second);
  of.raised.erase(it);
}

void FlowControlChecks::give_up_on(Half& of, StreamId id, bool all_seen) {
  const auto it = of.raised.find(id);
  if (it == of.raised.end()) return;
  if (Window* const window = window_of(of, id)) window->overflow = Overflow::Yes;
  if (all_seen && it->second.arrived) {
    fail(it->second);
  } else {
    findings_.not_judgeable(Id::FC04, kMayHaveCrossed);
  }
  of.raised.erase(it);
}

void FlowControlChecks::on_connection_closed(const call::ConnectionClosed& closed) {
  if (!closed.connection.whole()) return;
  for (Half& half : halves_) {
    while (!half.raised.empty()) give_up_on(half, half.raised.begin()->first, closed.closing.has_value());
  }
  stalls_.on_connection_closed(closed.ended);
  for (const Half& half : halves_) half.drift.on_connection_closed(findings_);
}

}  // namespace testigo::check
