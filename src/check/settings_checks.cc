// CN: the values of SETTINGS (RFC 9113 section 6.5.2, RFC 8441 section 3, RFC 9218 section 2.1), and the push that they allow
// (sections 6.6 and 8.4).
#include <array>

#include <fmt/format.h>

#include "check/all_checks.h"
#include "check/limit_in_force.h"

namespace testigo::check {
namespace {

using http2::FrameType;

class SettingsChecks final : public Check {
 public:
  explicit SettingsChecks(Findings& findings)
      : findings_(findings), push_(kEnablePush, Direction::ToServer, findings.limits().pending_settings_max) {}

  call::Interest hears() const override { return kFramesAlone; }
  FrameTypes frame_types() const override { return {FrameType::Settings, FrameType::PushPromise}; }
  void on_opening(const call::ConnectionView& connection, const call::Spot&, http2::Opening) override {
    push_.on_opening(connection);
  }
  void on_frame(const call::FrameSeen& seen) override;

 private:
  void values(const call::FrameSeen& seen, const http2::SettingsFrame& settings);
  bool withdraws(const http2::Setting& setting, Direction direction);
  void push(const call::FrameSeen& seen);

  Findings& findings_;
  LimitInForce push_;
  std::array<bool, 2> takes_connect_{};  // ENABLE_CONNECT_PROTOCOL was 1, by direction
};

bool allowed(const http2::Setting& setting, Direction direction) {
  const auto within = [&](const LimitInForce::Of& range) {
    return range.least <= setting.value && setting.value <= range.greatest;
  };
  switch (setting.id) {
    case http2::kSettingEnablePush:
      return direction == Direction::ToServer ? within(kEnablePush) : setting.value == 0;
    case http2::kSettingInitialWindowSize:
      return within(kInitialWindowSize);
    case http2::kSettingMaxFrameSize:
      return within(kMaxFrameSize);
    case http2::kSettingEnableConnectProtocol:
      return within(kEnableConnectProtocol);
    case http2::kSettingNoRfc7540Priorities:
      return within(kNoRfc7540Priorities);
    default:
      return true;
  }
}

void SettingsChecks::on_frame(const call::FrameSeen& seen) {
  const http2::FrameHeader& header = seen.frame.header;
  if (header.is(FrameType::PushPromise)) {
    push(seen);
    return;
  }
  push_.on_settings(seen);
  if (header.has(http2::kFlagAck)) return;
  if (const auto* settings = std::get_if<http2::SettingsFrame>(&seen.frame.payload)) values(seen, *settings);
}

// CN08.
void SettingsChecks::values(const call::FrameSeen& seen, const http2::SettingsFrame& settings) {
  for (std::size_t i = 0; i < settings.size(); ++i) {
    const http2::Setting setting = settings.at(i);
    const bool withdrawn = withdraws(setting, seen.spot.direction);
    findings_.judge(Id::CN08, allowed(setting, seen.spot.direction) && !withdrawn, seen.spot, [&] {
      return fmt::format("{} = {}{}", http2::setting_name(setting.id), setting.value, withdrawn ? ", which was 1 before" : "");
    });
  }
}

// RFC 8441 section 3.
bool SettingsChecks::withdraws(const http2::Setting& setting, Direction direction) {
  if (setting.id != http2::kSettingEnableConnectProtocol) return false;
  bool& taken = takes_connect_[static_cast<std::size_t>(direction)];
  if (setting.value == 1) taken = true;
  return setting.value == 0 && taken;
}

// CN17.
void SettingsChecks::push(const call::FrameSeen& seen) {
  if (seen.spot.direction == Direction::ToServer) {
    findings_.fail(Id::CN17, seen.spot, "the client sent PUSH_PROMISE");
  } else if (!seen.connection.whole()) {
    return;  // the judge says so
  } else if (push_.lost()) {
    findings_.not_judgeable(Id::CN17, "which SETTINGS are in force can no longer be told");
  } else if (*push_.in_force() == 1) {
    findings_.pass(Id::CN17);
  } else if (seen.connection.seen_all_before(seen.spot)) {
    findings_.fail(Id::CN17, seen.spot, "PUSH_PROMISE, although the client's ENABLE_PUSH is 0");
  } else {
    findings_.not_judgeable(Id::CN17, "what the client allows had not been seen yet");
  }
}

}  // namespace

std::unique_ptr<Check> settings_checks(Findings& findings) { return std::make_unique<SettingsChecks>(findings); }

}  // namespace testigo::check
