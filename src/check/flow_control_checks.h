// FC: windows (RFC 9113 sections 5.2 and 6.9).
#pragma once

#include <array>
#include <cstdint>
#include <map>

#include "check/check.h"
#include "check/credit_drift.h"
#include "check/findings.h"
#include "check/followed_streams.h"
#include "check/limit_in_force.h"
#include "check/stalls.h"

namespace testigo::check {

class FlowControlChecks final : public Check {
 public:
  // `streams`, where it keeps the windows of those that are open or half-closed, must outlive its last call.
  FlowControlChecks(Findings& findings, FollowedStreams& streams);

  call::Interest hears() const override { return kFramesAlone; }
  FrameTypes frame_types() const override {
    return {http2::FrameType::Data,     http2::FrameType::Headers,     http2::FrameType::RstStream,
            http2::FrameType::Settings, http2::FrameType::PushPromise, http2::FrameType::WindowUpdate};
  }
  void on_opening(const call::ConnectionView& connection, const call::Spot& spot, http2::Opening opening) override;
  // Its DATA counts for the window of the connection.
  bool hears_upgraded(const call::FrameSeen& seen) const override { return seen.frame.header.is(http2::FrameType::Data); }
  void on_frame(const call::FrameSeen& seen) override;
  void on_connection_closed(const call::ConnectionClosed& closed) override;

  // The short way (plain_frames.h): no row but those named can have a word on it.
  bool may_open(http2::StreamId id) const { return id > highest_[id % 2] && followed_ < streams_max_ && !given_up_; }
  // That may be opened, and is new in the table.
  void open_new(http2::StreamId id, FollowedStream& stream) {
    highest_[id % 2] = id;
    stream.has_windows = true;
    ++followed_;
  }
  // DATA of so many octets. True: taken off the windows, with some left; FC01 and FC02 pass. The stream has windows.
  bool take_plain(FollowedStream& stream, Direction direction, std::uint32_t octets) {
    Half& of = half(direction);
    Window& own = stream.window(direction);
    const std::int64_t left = of.initial_most + own.octets;
    if (of.lost || of.initial.lost() || of.connection.overflow != Overflow::No || own.overflow != Overflow::No ||
        octets >= of.connection.octets || octets >= left) {
      return false;
    }
    of.connection.octets -= octets;
    own.octets -= octets;
    return true;
  }
  // Of WINDOW_UPDATE by that side, on a stream that has no windows: FC03 passes.
  bool knows_credit(Direction of_update) { return !half(opposite(of_update)).lost; }
  // True: given to the window of the connection, or of the stream, which has windows; FC03 and FC04 pass.
  bool give_plain(FollowedStream* stream, const call::Spot& spot, std::uint32_t increment) {
    const Direction of_data = opposite(spot.direction);
    Half& of = half(of_data);
    Window& window = stream == nullptr ? of.connection : stream->window(of_data);
    const std::int64_t initial = stream == nullptr ? 0 : of.initial_newest;
    if (increment == 0 || of.lost || of.initial.lost() || window.overflow != Overflow::No ||
        initial + window.octets + increment > kWindowMax) {
      return false;
    }
    window.octets += increment;
    if (stream != nullptr && window.octets > of.octets_most) of.octets_most = window.octets;
    if (stream == nullptr) of.drift.on_credit(window.octets, spot);
    const std::int64_t left = window.octets + (stream == nullptr ? 0 : of.initial_most);
    if (left > 0) stalls_.on_end(of_data, spot.place.stream, spot.time);
    return true;
  }
  // The stream is the client's, and has windows. The caller drops it where nobody follows it any more.
  void end_side(FollowedStream& stream, const call::Spot& spot) {
    Window& window = stream.window(spot.direction);
    window.ended = true;
    stalls_.on_end(spot.direction, spot.place.stream, spot.time);
    if (window.overflow == Overflow::Perhaps) decide_at_end(spot.place.stream, window, spot);
    if (!stream.windows[0].ended || !stream.windows[1].ended) return;
    stream.has_windows = false;
    --followed_;
  }

 private:
  static constexpr std::int64_t kWindowMax = 0x7fff'ffff;
  static constexpr std::int64_t kConnectionWindow = 65'535;  // section 6.9.2: no SETTINGS changes it
  // FC04. A window that is too large by what was seen so far: DATA that was sent before its sender knew is still to be taken off.
  struct Raised {
    call::Spot spot;             // of what has enlarged it
    std::int64_t octets = 0;     // that it had then
    std::int64_t sure = 0;       // how much too large it is, if only what cannot have come later was sent before
    std::int64_t least = 0;      // if all DATA since was
    std::uint64_t settings = 0;  // so many SETTINGS acknowledged prove that it was processed
    bool arrived = false;        // before something that the sender of the DATA said
  };
  // Of all DATA of a direction.
  struct Half {
    LimitInForce initial;
    std::int64_t initial_most = *kInitialWindowSize.initial;    // in force
    std::int64_t initial_newest = *kInitialWindowSize.initial;  // in force or not
    Window connection{kConnectionWindow};
    CreditDrift drift{};
    std::int64_t octets_most = 0;                // no window has more, beside the initial one, that is not too large yet
    bool lost = false;                           // a WINDOW_UPDATE could not be read
    std::map<http2::StreamId, Raised> raised{};  // 0: of the connection
    std::uint64_t settings_sent = 0;             // by the receiver of the DATA
    std::uint64_t settings_acked = 0;
  };

  Half& half(Direction of_data) { return halves_[static_cast<std::size_t>(of_data)]; }
  // Null when it has no windows.
  FollowedStream* find(http2::StreamId id) {
    FollowedStream* const stream = streams_.find(id);
    return stream != nullptr && stream->has_windows ? stream : nullptr;
  }

  void look_up_initial();
  void other(const call::FrameSeen& seen);
  void open(http2::StreamId id);
  void give_up();
  void end(http2::StreamId id, const call::Spot& spot);
  void drop(http2::StreamId id, FollowedStream& stream);
  void reset(http2::StreamId id, Time time);
  void data(const call::FrameSeen& seen);
  void take(Id id, const call::FrameSeen& seen, Window& window, std::int64_t initial);
  void overdrawn(Id id, const call::FrameSeen& seen, const Window& window, std::int64_t left);
  void settings(const call::FrameSeen& seen);
  void window_update(const call::FrameSeen& seen);
  void give(const call::FrameSeen& seen, std::uint32_t increment);
  // `spot` is of what has enlarged the window, `proof` how many SETTINGS acknowledged prove that it was processed.
  struct Cause {
    const call::ConnectionView& connection;
    const call::Spot& spot;
    std::uint64_t proof;
  };
  void bounds(Half& of, http2::StreamId id, Window& window, std::int64_t initial, const Cause& cause);
  void overflow(Half& of, http2::StreamId id, Window& window, std::int64_t octets, const Cause& cause);
  void raise_all(const call::FrameSeen& seen, Half& of);
  Window* window_of(Half& of, http2::StreamId id);
  void make_room(const call::FrameSeen& seen, Half& of, http2::StreamId id, Window& window);
  void acknowledged(Half& of);
  // The sender of the DATA sends no more of it.
  void decide_at_end(http2::StreamId id, Window& window, const call::Spot& spot);
  void fail(const Raised& raised);
  void give_up_on(Half& of, http2::StreamId id, bool all_seen);

  Findings& findings_;
  std::array<Half, 2> halves_;
  FollowedStreams& streams_;
  std::size_t streams_max_;
  std::size_t followed_ = 0;  // streams that have windows
  http2::StreamId highest_[2] = {0, 0};
  bool given_up_ = false;  // too many streams were open
  Stalls stalls_;
};

}  // namespace testigo::check
