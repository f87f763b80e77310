// BH05: how a server retires a connection (gRFC A9; RFC 9113 section 6.8).
#include <optional>

#include <fmt/format.h>

#include "check/all_checks.h"

namespace testigo::check {
namespace {

constexpr http2::StreamId kAllStreams = 0x7fff'ffff;

class ConnectionAgeChecks final : public Check {
 public:
  explicit ConnectionAgeChecks(Findings& findings) : findings_(findings) {}

  call::Interest hears() const override {
    return {.frames = true, .blocks = false, .messages = false, .side_ends = false, .calls = false};
  }
  FrameTypes frame_types() const override { return kSignals; }
  void on_frame(const call::FrameSeen& seen) override {
    if (!seen.frame.header.is(http2::FrameType::Goaway) || seen.spot.direction == Direction::ToServer) return;
    if (const auto* frame = std::get_if<http2::GoawayFrame>(&seen.frame.payload)) goaway(seen, *frame);
  }
  void on_connection_closed(const call::ConnectionClosed& closed) override;

 private:
  void goaway(const call::FrameSeen& seen, const http2::GoawayFrame& frame);

  Findings& findings_;
  std::optional<call::Spot> retired_;  // where it was announced
  std::string reason_;
  bool gracefully_ = false;  // with all streams first
  bool final_ = false;
};

void ConnectionAgeChecks::goaway(const call::FrameSeen& seen, const http2::GoawayFrame& frame) {
  if (retired_) {
    final_ = final_ || frame.last_stream != kAllStreams;
    return;
  }
  const std::string_view reason = as_text(frame.debug);
  if (frame.error_code != http2::kNoError || (reason != "max_age" && reason != "max_idle")) return;
  retired_ = seen.spot;
  reason_ = reason;
  gracefully_ = frame.last_stream == kAllStreams;
  final_ = !gracefully_;
}

void ConnectionAgeChecks::on_connection_closed(const call::ConnectionClosed& closed) {
  if (!retired_ || !closed.closing || !closed.connection.whole()) return;
  const bool by_server = closed.closing->direction == Direction::ToClient;
  std::string wrong;
  if (!gracefully_) {
    wrong = "it named the final stream at once";
  } else if (!final_ && by_server) {
    wrong = "no second GOAWAY named the final stream";
  } else if (by_server && closed.calls_open != 0) {
    wrong = fmt::format("{} calls were open when the server closed", closed.calls_open);
  }
  findings_.judge(Id::BH05, wrong.empty(), *retired_, [&] { return fmt::format("GOAWAY {}: {}", reason_, wrong); });
}

}  // namespace

std::unique_ptr<Check> connection_age_checks(Findings& findings) { return std::make_unique<ConnectionAgeChecks>(findings); }

}  // namespace testigo::check
