// The value of a setting that binds the peer of the endpoint that announces it (RFC 9113 section 6.5.3; RULE 1 of the catalogue):
// the last one acknowledged or any newer one that was seen, whichever allows most. So lowering binds from the acknowledgement on,
// and raising counts from receipt.
#pragma once

#include <cstdint>
#include <deque>
#include <limits>
#include <optional>

#include "call/event.h"

namespace testigo::check {

class LimitInForce {
 public:
  struct Of {
    std::uint16_t setting = 0;
    std::optional<std::uint32_t> initial{};  // counts as acknowledged; nothing: no limit
    std::uint32_t least = 0;                 // any other value breaks CN08
    std::uint32_t greatest = std::numeric_limits<std::uint32_t>::max();
  };

  // `to` is the direction of the SETTINGS that announce it.
  LimitInForce(const Of& of, Direction to, std::size_t pending_max)
      : of_(of), to_(to), pending_max_(pending_max), acked_(of.initial) {}

  // Before any of its SETTINGS: those of an upgrade count as acknowledged (RFC 7540 section 3.2.1).
  void on_opening(const call::ConnectionView& connection);
  // Any SETTINGS frame of the connection.
  void on_settings(const call::FrameSeen& seen);

  // Nothing: no limit.
  std::optional<std::uint32_t> in_force() const;
  // The one announced last, acknowledged or not.
  std::optional<std::uint32_t> newest() const { return newest_ ? newest_ : of_.initial; }
  // Nobody knows yet: its endpoint has sent no SETTINGS.
  bool to_come() const { return !announced_; }
  // It can no longer be told: a SETTINGS cannot be read, has a value that is not allowed, or too many wait for their ACK.
  bool lost() const { return lost_; }

 private:
  void announce(const call::FrameSeen& seen);
  void acknowledge();
  void find_greatest();
  void lose();

  Of of_;
  Direction to_;
  std::size_t pending_max_;
  std::optional<std::uint32_t> acked_;
  std::optional<std::uint32_t> newest_;
  std::deque<std::optional<std::uint32_t>> unacked_;  // of each SETTINGS without its ACK; nothing: not mentioned
  std::uint32_t greatest_unacked_ = 0;
  bool announced_ = false;
  bool lost_ = false;
};

constexpr LimitInForce::Of kMaxConcurrentStreams{.setting = http2::kSettingMaxConcurrentStreams};
constexpr LimitInForce::Of kMaxFrameSize{
    .setting = http2::kSettingMaxFrameSize, .initial = 16'384, .least = 16'384, .greatest = 16'777'215};
constexpr LimitInForce::Of kInitialWindowSize{
    .setting = http2::kSettingInitialWindowSize, .initial = 65'535, .greatest = 0x7fff'ffff};
constexpr LimitInForce::Of kMaxHeaderListSize{.setting = http2::kSettingMaxHeaderListSize};
constexpr LimitInForce::Of kEnablePush{.setting = http2::kSettingEnablePush, .initial = 1, .greatest = 1};
constexpr LimitInForce::Of kEnableConnectProtocol{.setting = http2::kSettingEnableConnectProtocol, .initial = 0, .greatest = 1};
constexpr LimitInForce::Of kNoRfc7540Priorities{.setting = http2::kSettingNoRfc7540Priorities, .initial = 0, .greatest = 1};

}  // namespace testigo::check
