// CN16: how a connection ends (RFC 9113 sections 5.4.1 and 6.8).
#include <array>
#include <optional>

#include <fmt/format.h>

#include "check/all_checks.h"

namespace testigo::check {
namespace {

using http2::FrameType;
using namespace std::chrono_literals;

constexpr Duration kPatience = 60s;  // "MUST close the TCP connection" names no time

class ClosingChecks final : public Check {
 public:
  explicit ClosingChecks(Findings& findings) : findings_(findings) {}

  call::Interest hears() const override { return kFramesAlone; }
  FrameTypes frame_types() const override { return {FrameType::Goaway}; }
  void on_frame(const call::FrameSeen& seen) override;
  void on_connection_closed(const call::ConnectionClosed& closed) override;

 private:
  void first_to_close(const call::ConnectionClosed& closed, const tcp::ConnectionClosing& closing);
  void after_an_error(const call::ConnectionClosed& closed);

  Findings& findings_;
  std::array<std::optional<call::Spot>, 2> error_;  // the first GOAWAY of the direction that tells of an error
};

std::string_view sender(Direction direction) { return direction == Direction::ToServer ? "client" : "server"; }

void ClosingChecks::on_frame(const call::FrameSeen& seen) {
  const auto* goaway = std::get_if<http2::GoawayFrame>(&seen.frame.payload);
  if (goaway == nullptr || goaway->error_code == http2::kNoError) return;
  auto& error = error_[static_cast<std::size_t>(seen.spot.direction)];
  if (!error) error = seen.spot;
}

void ClosingChecks::on_connection_closed(const call::ConnectionClosed& closed) {
  const call::ConnectionView& view = closed.connection;
  if (!view.whole() || view.client_opening != http2::Opening::Http2 || view.server_opening != http2::Opening::Http2) return;
  after_an_error(closed);
  if (closed.closing) first_to_close(closed, *closed.closing);
}

// "An endpoint might choose to close a connection without sending a GOAWAY for misbehaving peers" (section 6.8).
void ClosingChecks::first_to_close(const call::ConnectionClosed& closed, const tcp::ConnectionClosing& closing) {
  if (closed.goaway || findings_.errors() != 0) {
    findings_.pass(Id::CN16);
    return;
  }
  const bool idle_client = closing.direction == Direction::ToServer && closed.calls_open == 0;
  const call::Spot spot{{closing.packet, closing.connection, 0}, closing.direction, closing.time, 0, 0, 0};
  findings_.fail(Id::CN16, idle_client ? Severity::Info : Severity::Warning, spot,
                 fmt::format("the {} closed the connection without a GOAWAY; calls cut off: {}", sender(closing.direction),
                             closed.calls_open));
}

void ClosingChecks::after_an_error(const call::ConnectionClosed& closed) {
  for (const auto& error : error_) {
    if (!error || (closed.closing && closed.closing->direction == error->direction)) continue;
    const Duration waited = (closed.closing ? closed.closing->time : closed.ended) - error->time;
    if (waited <= kPatience) continue;
    findings_.fail(Id::CN16, Severity::Error, *error,
                   fmt::format("the {} sent GOAWAY with an error and did not close the connection for {}", sender(error->direction),
                               to_human(waited)));
  }
}

}  // namespace

std::unique_ptr<Check> closing_checks(Findings& findings) { return std::make_unique<ClosingChecks>(findings); }

}  // namespace testigo::check
