// CN: the preface and SETTINGS of a connection (RFC 9113 sections 3.4 and 6.5).
#include <algorithm>
#include <array>
#include <deque>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "call/first_octets.h"
#include "check/all_checks.h"

namespace testigo::check {
namespace {

using http2::FrameType;
using http2::Opening;

constexpr std::size_t kPingsMax = 64;  // waiting for their ACK; older ones prove nothing any more

class ConnectionChecks final : public Check {
 public:
  ConnectionChecks(Findings& findings, CallsSoFar& calls) : findings_(findings), delivery_(calls.delivery) {}

  call::Interest hears() const override { return kFramesAlone; }
  FrameTypes frame_types() const override { return {FrameType::Settings, FrameType::Ping}; }
  void on_opening(const call::ConnectionView& connection, const call::Spot& spot, Opening opening) override;
  void on_frame(const call::FrameSeen& seen) override;
  void on_connection_closed(const call::ConnectionClosed& closed) override;

 private:
  // What one endpoint sent and waits to see acknowledged. Positions count its octets.
  struct Waiting {
    call::Spot spot;
    std::uint64_t position = 0;
    std::array<std::byte, 8> opaque{};  // of a PING
    bool reported = false;
    std::optional<std::uint64_t> overtaken{};  // a SETTINGS: by the ACK of a later PING, when its sender had sent so much
  };
  struct Endpoint {
    std::deque<Waiting> settings;
    std::deque<Waiting> pings;
    bool lost = false;                   // which of its SETTINGS an ACK answers can no longer be told
    std::optional<call::Spot> no_http2;  // what it sent first is something else
  };

  Endpoint& endpoint(Direction direction) { return endpoints_[static_cast<std::size_t>(direction)]; }
  void forget_waiting();
  void settings(const call::FrameSeen& seen);
  void settings_ack(const call::FrameSeen& seen);
  void acknowledged(const call::FrameSeen& seen, const Waiting& settings);
  void ping(const call::FrameSeen& seen, const http2::PingFrame& ping);
  void ping_ack(const call::FrameSeen& seen, const http2::PingFrame& ping);

  Findings& findings_;
  Delivery& delivery_;
  std::array<Endpoint, 2> endpoints_;
};

std::string_view sender(Direction direction) { return direction == Direction::ToServer ? "client" : "server"; }

// What fails is told when the connection is closed: only then is there enough of it to quote.
void ConnectionChecks::on_opening(const call::ConnectionView&, const call::Spot& spot, Opening opening) {
  endpoint(spot.direction).no_http2 = opening == Opening::Http2 ? std::nullopt : std::optional(spot);
  if (opening == Opening::Http2 && spot.direction == Direction::ToServer) findings_.pass(Id::CN01);
}

void ConnectionChecks::forget_waiting() {
  for (Endpoint& endpoint : endpoints_) {
    endpoint.settings.clear();
    endpoint.pings.clear();
  }
}

void ConnectionChecks::on_frame(const call::FrameSeen& seen) {
  if (!seen.connection.whole()) {  // the rest needs both directions; the judge says so
    forget_waiting();
    return;
  }
  const bool ack = seen.frame.header.has(http2::kFlagAck);
  if (seen.frame.header.is(FrameType::Settings)) {
    ack ? settings_ack(seen) : settings(seen);
  } else if (const auto* payload = std::get_if<http2::PingFrame>(&seen.frame.payload)) {
    ack ? ping_ack(seen, *payload) : ping(seen, *payload);
  }
}

// What is malformed (CN06, CN07) ends the connection, or may be acknowledged or not.
void ConnectionChecks::settings(const call::FrameSeen& seen) {
  Endpoint& from = endpoint(seen.spot.direction);
  const bool well_formed = seen.frame.header.stream == 0 && std::holds_alternative<http2::SettingsFrame>(seen.frame.payload);
  if (!well_formed || from.settings.size() >= findings_.limits().pending_settings_max) from.lost = true;
  if (from.lost) {
    from.settings.clear();
  } else {
    from.settings.push_back({seen.spot, seen.spot.offset, {}, false});
    delivery_.await(seen.spot);
  }
}

void ConnectionChecks::settings_ack(const call::FrameSeen& seen) {
  const std::uint32_t length = seen.frame.header.length;
  if (length != 0) findings_.fail(Id::CN05, seen.spot, fmt::format("a SETTINGS acknowledgement has {} octets", length));
  Endpoint& other = endpoint(opposite(seen.spot.direction));
  if (other.lost) {
    for (const Id id : {Id::CN04, Id::CN05}) findings_.not_judgeable(id, "which SETTINGS is acknowledged can no longer be told");
  } else if (!other.settings.empty()) {
    if (length == 0) findings_.pass(Id::CN05);
    acknowledged(seen, other.settings.front());
    other.settings.pop_front();
  } else if (seen.connection.seen_all_before(seen.spot)) {
    findings_.fail(Id::CN05, Severity::Warning, seen.spot, "a SETTINGS acknowledgement answers none that is outstanding");
  } else {
    findings_.not_judgeable(Id::CN05, "what the acknowledgement answers had not been seen yet");
  }
}

void ConnectionChecks::acknowledged(const call::FrameSeen& seen, const Waiting& settings) {
  const auto wait = delivery_.wait(settings.spot, seen.spot.time);
  delivery_.answered(settings.spot);
  if (settings.reported) return;
  if (wait && wait->late()) {
    const std::string what = fmt::format("SETTINGS was acknowledged after {}", to_human(wait->since_delivery));
    findings_.fail(Id::CN04, wait->withheld ? Severity::Warning : Severity::Info, seen.spot, late_text(what, *wait));
  } else {
    findings_.pass(Id::CN04);
  }
}

void ConnectionChecks::ping(const call::FrameSeen& seen, const http2::PingFrame& ping) {
  Endpoint& from = endpoint(seen.spot.direction);
  if (from.pings.size() == kPingsMax) from.pings.pop_front();
  from.pings.push_back({seen.spot, seen.spot.offset, ping.opaque, false});
}

// A PING that was sent after a SETTINGS and is acknowledged before it proves that the SETTINGS had been processed (RULE 1). Its ACK
// may go first all the same: PING responses SHOULD go before any other frame (RFC 9113 6.7), and gRPC C-core writes them so. But
// one that answers a PING sent after that ACK shows that there was no "immediately" (6.5.3). Where several PINGs look alike, the
// ACK may be that of the oldest.
void ConnectionChecks::ping_ack(const call::FrameSeen& seen, const http2::PingFrame& ping) {
  Endpoint& other = endpoint(opposite(seen.spot.direction));
  const auto answered = std::ranges::find(other.pings, ping.opaque, &Waiting::opaque);
  if (answered == other.pings.end()) return;
  const bool by_client = seen.spot.direction == Direction::ToServer;
  const std::uint64_t sent = by_client ? seen.connection.octets_to_client : seen.connection.octets_to_server;  // by the other
  for (Waiting& unanswered : other.settings) {
    if (unanswered.position > answered->position) break;
    if (!unanswered.overtaken) unanswered.overtaken = sent;
    if (answered->position < *unanswered.overtaken || std::exchange(unanswered.reported, true)) continue;
    findings_.fail(Id::CN04, seen.spot,
                   fmt::format("the {} acknowledged two PINGs in turn, sent after SETTINGS (packet {}), but not the SETTINGS",
                               sender(seen.spot.direction), unanswered.spot.place.packet));
  }
  other.pings.erase(answered);
}

// A SETTINGS that arrived and that nobody acknowledged for longer than the patience is a warning; else it was too early to tell, or
// its receiver was gone, which is no fault of its own. What is an error, an ACK has shown before.
void ConnectionChecks::on_connection_closed(const call::ConnectionClosed& closed) {
  const call::ConnectionView& view = closed.connection;
  const auto& client = endpoint(Direction::ToServer).no_http2;
  const auto& server = endpoint(Direction::ToClient).no_http2;
  if (client && view.client_opening != Opening::Tls) {
    findings_.fail(Id::CN01, *client, fmt::format("the client's first octets are {}", call::first_octets_text(view.client_first)));
  }
  if (server && view.client_opening == Opening::Http2) {
    findings_.fail(Id::CN03, *server,
                   fmt::format("the server's first octets are {}, no frame", call::first_octets_text(view.server_first)));
  }
  if (!view.whole() || client || server) return;
  for (const Endpoint& from : endpoints_) {
    for (const Waiting& unanswered : from.settings) {
      if (unanswered.reported || closed.ended - unanswered.spot.time <= kAckPatience) continue;
      const auto wait = delivery_.wait(unanswered.spot, closed.ended);
      if (wait && wait->late()) {
        findings_.fail(Id::CN04, wait->withheld ? Severity::Warning : Severity::Info, unanswered.spot,
                       late_text("SETTINGS was never acknowledged", *wait));
      }
    }
  }
}

}  // namespace

std::unique_ptr<Check> connection_checks(Findings& findings, CallsSoFar& calls) {
  return std::make_unique<ConnectionChecks>(findings, calls);
}

}  // namespace testigo::check
