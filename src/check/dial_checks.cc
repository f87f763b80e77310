// BH06: attempts to connect (connection-backoff.md). Several clients of one machine look like one: the attempts before the first
// backoff is over are taken for as many clients.
#include <fmt/format.h>

#include "check/across.h"
#include "check/all_checks.h"

namespace testigo::check {
namespace {

class DialChecks final : public Check {
 public:
  DialChecks(Findings& findings, Dials& dials) : findings_(findings), dials_(dials) {}

  call::Interest hears() const override {
    return {.frames = false, .blocks = false, .messages = false, .side_ends = false, .calls = false};
  }
  void on_opening(const call::ConnectionView& connection, const call::Spot& spot, http2::Opening opening) override {
    if (spot.direction == Direction::ToClient && opening == http2::Opening::Http2) judge(dials_.succeeded(connection), connection);
  }
  // A client that connects and says nothing may be a health check.
  void on_connection_closed(const call::ConnectionClosed& closed) override {
    const call::ConnectionView& view = closed.connection;
    const bool refused = closed.closing && closed.closing->closing == tcp::Closing::Refused;
    const bool unheard =
        view.client_opening == http2::Opening::Http2 && view.server_opening == http2::Opening::NeedMore && closed.closing;
    if (view.from_start && (refused || unheard)) judge(dials_.failed(view), view);
  }

 private:
  void judge(const std::optional<Dials::Failures>& failures, const call::ConnectionView& connection) {
    if (!failures) return;
    call::Spot spot;
    spot.place = {connection.packet, connection.number, 0};
    spot.time = connection.opened;
    findings_.judge(Id::BH06, failures->count <= failures->most, spot, [&] {
      return fmt::format("{} attempts to connect to {} failed within 10 s, {} are the most with backoff", failures->count,
                         tcp::to_text(connection.server), failures->most);
    });
  }

  Findings& findings_;
  Dials& dials_;
};

}  // namespace

std::unique_ptr<Check> dial_checks(Findings& findings, Across& across) {
  return std::make_unique<DialChecks>(findings, across.dials);
}

}  // namespace testigo::check
