// FC: windows (RFC 9113 sections 5.2 and 6.9).
#include <algorithm>
#include <array>
#include <cstdint>

#include <fmt/format.h>

#include "base/ring_map.h"
#include "check/all_checks.h"
#include "check/credit_drift.h"
#include "check/limit_in_force.h"
#include "check/stalls.h"

namespace testigo::check {
namespace {

using http2::FrameType;
using http2::StreamId;

constexpr std::int64_t kWindowMax = 0x7fff'ffff;
constexpr std::int64_t kConnectionWindow = 65'535;  // section 6.9.2: no SETTINGS changes it

// What one side may still send; of a stream without the initial window, which SETTINGS may change later.
struct Window {
  std::int64_t octets = 0;
  bool overflowed = false;  // FC04
  bool ended = false;       // the side of the stream
};

class FlowControlChecks final : public Check {
 public:
  explicit FlowControlChecks(Findings& findings);

  call::Interest hears() const override { return kFramesAlone; }
  FrameTypes frame_types() const override {
    return {FrameType::Data,     FrameType::Headers,     FrameType::RstStream,
            FrameType::Settings, FrameType::PushPromise, FrameType::WindowUpdate};
  }
  void on_frame(const call::FrameSeen& seen) override;
  void on_connection_closed(const call::ConnectionClosed& closed) override;

 private:
  using Stream = std::array<Window, 2>;  // by the direction of the DATA
  // Of all DATA of a direction.
  struct Half {
    LimitInForce initial;
    std::int64_t initial_most = *kInitialWindowSize.initial;    // in force
    std::int64_t initial_newest = *kInitialWindowSize.initial;  // in force or not
    Window connection{kConnectionWindow};
    CreditDrift drift{};
    call::Spot settings{};  // that announced the newest initial window
    bool lost = false;      // a WINDOW_UPDATE could not be read
  };

  Half& half(Direction of_data) { return halves_[static_cast<std::size_t>(of_data)]; }
  static Window& window(Stream& stream, Direction of_data) { return stream[static_cast<std::size_t>(of_data)]; }

  void other(const call::FrameSeen& seen);
  void open(StreamId id);
  void end(StreamId id, const call::Spot& spot);
  void reset(StreamId id, Time time);
  void data(const call::FrameSeen& seen);
  void take(Id id, const call::FrameSeen& seen, Window& window, std::int64_t initial);
  void overdrawn(Id id, const call::FrameSeen& seen, const Window& window, std::int64_t left);
  void settings(const call::FrameSeen& seen);
  void window_update(const call::FrameSeen& seen);
  void give(const call::FrameSeen& seen, std::uint32_t increment);
  void overflow(const call::ConnectionView& connection, Window& window, std::int64_t octets, const call::Spot& spot);
  // `spot` is of what has enlarged the window.
  void bounds(const call::ConnectionView& connection, Window& window, std::int64_t initial, const call::Spot& spot);

  Findings& findings_;
  std::array<Half, 2> halves_;
  RingMap<Stream> streams_;  // open or half-closed
  StreamId highest_[2] = {0, 0};
  bool given_up_ = false;  // too many streams were open
  Stalls stalls_;
};

FlowControlChecks::FlowControlChecks(Findings& findings)
    : findings_(findings),
      halves_{{{{kInitialWindowSize, Direction::ToClient, findings.limits().pending_settings_max}},
               {{kInitialWindowSize, Direction::ToServer, findings.limits().pending_settings_max}}}},
      stalls_(findings) {}

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
  if (streams_.size() >= findings_.limits().streams_max) {
    given_up_ = true;
    streams_.clear();
  }
  if (!given_up_) streams_.try_emplace(id);
}

void FlowControlChecks::end(StreamId id, const call::Spot& spot) {
  Stream* const stream = streams_.find(id);
  if (stream == nullptr) return;
  window(*stream, spot.direction).ended = true;
  stalls_.on_end(spot.direction, id, spot.time);
  const bool promised = id % 2 == 0;  // the client has nothing to say there
  if (promised || ((*stream)[0].ended && (*stream)[1].ended)) streams_.erase(id);
}

void FlowControlChecks::reset(StreamId id, Time time) {
  for (const Direction of_data : {Direction::ToServer, Direction::ToClient}) stalls_.on_end(of_data, id, time);
  streams_.erase(id);
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
  if (!last && of.connection.octets <= 0 && !of.connection.overflowed) stalls_.on_empty(seen.spot, 0);
  if (given_up_) findings_.not_judgeable(Id::FC01, "more streams were open than are followed");
  Stream* const stream = streams_.find(header.stream);
  if (stream == nullptr) return;
  if (of.initial.lost()) {
    findings_.not_judgeable(Id::FC01, "which SETTINGS are in force can no longer be told");
    return;
  }
  Window& own = window(*stream, seen.spot.direction);
  // SETTINGS have enlarged it since it was looked at last.
  if (of.initial_newest + own.octets > kWindowMax) bounds(seen.connection, own, of.initial_newest, of.settings);
  take(Id::FC01, seen, own, of.initial_most);
  if (!last && of.initial_most + own.octets <= 0 && !own.overflowed) stalls_.on_empty(seen.spot, header.stream);
}

// FC01, FC02. `initial` is what the window has beside its own octets.
void FlowControlChecks::take(Id id, const call::FrameSeen& seen, Window& window, std::int64_t initial) {
  const http2::FrameHeader& header = seen.frame.header;
  const std::int64_t left = initial + window.octets;
  const bool exempt = header.length == 0 && header.has(http2::kFlagEndStream);
  window.octets -= header.length;
  if (!window.overflowed && (exempt || header.length <= left)) {
    findings_.pass(id);
  } else {
    overdrawn(id, seen, window, left);
  }
}

[[gnu::noinline]] void FlowControlChecks::overdrawn(Id id, const call::FrameSeen& seen, const Window& window, std::int64_t left) {
  const http2::FrameHeader& header = seen.frame.header;
  if (window.overflowed) {
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
  for (Half& half : halves_) {
    half.initial.on_settings(seen);
    half.initial_most = *half.initial.in_force();
    half.initial_newest = *half.initial.newest();
  }
  if (seen.frame.header.has(http2::kFlagAck)) return;
  Half& of = half(opposite(seen.spot.direction));
  of.settings = seen.spot;
  if (of.initial_newest > kWindowMax) {
    findings_.fail(Id::FC04, seen.spot, fmt::format("INITIAL_WINDOW_SIZE makes windows of {} octets", of.initial_newest));
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
    bounds(seen.connection, of.connection, 0, seen.spot);
    left = of.connection.octets;
    of.drift.on_credit(left, seen.spot);
  } else if (Stream* const stream = streams_.find(id)) {
    Window& own = window(*stream, of_data);
    own.octets += increment;
    if (!of.initial.lost()) bounds(seen.connection, own, of.initial_newest, seen.spot);
    left = of.initial_most + own.octets;
  }
  if (left > 0) stalls_.on_end(of_data, id, seen.spot.time);
}

// FC04. DATA that its receiver knew of had made the window smaller before.
void FlowControlChecks::bounds(const call::ConnectionView& connection, Window& window, std::int64_t initial,
                               const call::Spot& spot) {
  if (window.overflowed) return;
  const std::int64_t octets = initial + window.octets;
  if (octets <= kWindowMax) {
    findings_.pass(Id::FC04);
  } else {
    overflow(connection, window, octets, spot);
  }
}

[[gnu::noinline]] void FlowControlChecks::overflow(const call::ConnectionView& connection, Window& window, std::int64_t octets,
                                                   const call::Spot& spot) {
  window.overflowed = true;
  if (connection.seen_all_before(spot)) {
    findings_.fail(Id::FC04, spot, fmt::format("it enlarges a window to {} octets", octets));
  } else {
    findings_.not_judgeable(Id::FC04, "DATA that had arrived had not been seen yet");
  }
}

void FlowControlChecks::on_connection_closed(const call::ConnectionClosed& closed) {
  if (!closed.connection.whole()) return;
  stalls_.on_connection_closed(closed.ended);
  for (const Half& half : halves_) half.drift.on_connection_closed(findings_);
}

}  // namespace

std::unique_ptr<Check> flow_control_checks(Findings& findings) { return std::make_unique<FlowControlChecks>(findings); }

}  // namespace testigo::check
