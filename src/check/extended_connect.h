// Whether the server takes extended CONNECT, and with it :protocol (RFC 8441 section 3).
#pragma once

#include "call/event.h"

namespace testigo::check {

class ExtendedConnect {
 public:
  enum class Taken : std::uint8_t { No, Yes, Unknown };

  // Every SETTINGS of the connection. What was taken once may not be withdrawn (CN08), so that it stays.
  void on_settings(const call::FrameSeen& seen) {
    if (seen.spot.direction == Direction::ToServer) return;
    const auto* settings = std::get_if<http2::SettingsFrame>(&seen.frame.payload);
    if (settings == nullptr) lost_ = true;
    for (std::size_t i = 0; settings != nullptr && i < settings->size(); ++i) {
      const http2::Setting setting = settings->at(i);
      if (setting.id == http2::kSettingEnableConnectProtocol && setting.value != 0) taken_ = true;
    }
  }

  // By what the sender of a request at that spot can have received.
  Taken taken(const call::ConnectionView& connection, const call::Spot& spot) const {
    if (taken_) return Taken::Yes;
    return !lost_ && connection.whole(Direction::ToClient) && connection.seen_all_before(spot) ? Taken::No : Taken::Unknown;
  }

 private:
  bool taken_ = false;
  bool lost_ = false;  // one could not be read
};

}  // namespace testigo::check
