// CN13: each PING is answered by one ACK with the same octets (RFC 9113 section 6.7).
#include <algorithm>
#include <array>
#include <deque>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "check/all_checks.h"
#include "check/knowledge.h"

namespace testigo::check {
namespace {

using http2::FrameType;

class PingChecks final : public Check {
 public:
  PingChecks(Findings& findings, CallsSoFar& calls)
      : findings_(findings), delivery_(calls.delivery), knowledge_(findings.limits().pending_settings_max) {}

  call::Interest hears() const override { return kFramesAlone; }
  FrameTypes frame_types() const override { return {FrameType::Ping, FrameType::Settings}; }
  void on_frame(const call::FrameSeen& seen) override;
  void on_connection_closed(const call::ConnectionClosed& closed) override;

 private:
  struct Waiting {
    call::Spot spot;
    // Its receiver acknowledged something newer, when its sender had sent so many octets.
    std::optional<std::uint64_t> overtaken{};
    bool reported = false;
  };

  std::deque<Waiting>& waiting(Direction direction) { return waiting_[static_cast<std::size_t>(direction)]; }
  void ping_ack(const call::FrameSeen& seen, std::optional<std::uint64_t> answered);
  void answer(const call::FrameSeen& seen, const Waiting& ping);
  void overtake(const call::FrameSeen& seen, std::uint64_t answered);

  Findings& findings_;
  Delivery& delivery_;
  Knowledge knowledge_;
  std::array<std::deque<Waiting>, 2> waiting_;  // of the PINGs of a direction, in order
};

Severity grade(const Wait& wait, bool overtaken) {
  if (!wait.withheld) return Severity::Info;
  return overtaken ? Severity::Error : Severity::Warning;
}

void PingChecks::on_frame(const call::FrameSeen& seen) {
  if (!seen.connection.whole()) {  // the judge says so
    for (auto& pings : waiting_) pings.clear();
    return;
  }
  const Direction asker = opposite(seen.spot.direction);
  const auto answered = knowledge_.on_frame(seen);
  const bool is_ping = std::holds_alternative<http2::PingFrame>(seen.frame.payload);
  if (is_ping && seen.frame.header.has(http2::kFlagAck)) {
    ping_ack(seen, answered);
  } else if (is_ping && !knowledge_.pings_lost(seen.spot.direction)) {
    waiting(seen.spot.direction).push_back({seen.spot});
    delivery_.await(seen.spot);
  }
  if (knowledge_.pings_lost(seen.spot.direction)) waiting(seen.spot.direction).clear();
  if (answered && !knowledge_.pings_lost(asker)) overtake(seen, *answered);
}

void PingChecks::ping_ack(const call::FrameSeen& seen, std::optional<std::uint64_t> answered) {
  auto& pings = waiting(opposite(seen.spot.direction));
  if (knowledge_.pings_lost(opposite(seen.spot.direction))) {
    findings_.not_judgeable(Id::CN13, "which PING is acknowledged can no longer be told");
  } else if (answered) {
    const auto it = std::ranges::find(pings, *answered, [](const Waiting& ping) { return ping.spot.offset; });
    if (it == pings.end()) return;
    answer(seen, *it);
    pings.erase(it);
  } else if (seen.connection.seen_all_before(seen.spot)) {
    findings_.fail(Id::CN13, Severity::Warning, seen.spot, "a PING acknowledgement answers none that is outstanding");
  } else {
    findings_.not_judgeable(Id::CN13, "what the acknowledgement answers had not been seen yet");
  }
}

void PingChecks::answer(const call::FrameSeen& seen, const Waiting& ping) {
  const auto wait = delivery_.wait(ping.spot, seen.spot.time);
  delivery_.answered(ping.spot);
  if (ping.reported) return;
  if (wait && wait->late()) {
    const std::string what = fmt::format("PING was acknowledged after {}", to_human(wait->since_delivery));
    findings_.fail(Id::CN13, grade(*wait, ping.overtaken.has_value()), seen.spot, late_text(what, *wait));
  } else {
    findings_.pass(Id::CN13);
  }
}

// No clause orders the ACKs of PING and SETTINGS that were sent together. One that answers what was sent after such an ACK shows
// that the PING was passed over.
void PingChecks::overtake(const call::FrameSeen& seen, std::uint64_t answered) {
  const Direction asker = opposite(seen.spot.direction);
  const bool client = asker == Direction::ToServer;
  for (Waiting& ping : waiting(asker)) {
    if (ping.spot.offset > answered) break;
    if (!ping.overtaken) ping.overtaken = client ? seen.connection.octets_to_server : seen.connection.octets_to_client;
    if (answered < *ping.overtaken || std::exchange(ping.reported, true)) continue;
    findings_.fail(Id::CN13, seen.spot,
                   fmt::format("the {} acknowledged twice what was sent after a PING (packet {}), but not the PING",
                               client ? "server" : "client", ping.spot.place.packet));
  }
}

// What nobody acknowledged for longer than the patience, though it had arrived; else it was too early to tell, or its receiver was
// gone, which is no fault of its own. Something newer that was acknowledged came in a frame behind which it had arrived.
void PingChecks::on_connection_closed(const call::ConnectionClosed& closed) {
  if (!closed.connection.whole()) return;
  for (const auto& pings : waiting_) {
    for (const Waiting& ping : pings) {
      if (ping.reported || closed.ended - ping.spot.time <= kAckPatience) continue;
      const auto wait = delivery_.wait(ping.spot, closed.ended);
      if (!wait && ping.overtaken) {
        findings_.not_judgeable(Id::CN13, "whether a PING arrived that was not acknowledged is not known");
      } else if (wait && wait->late()) {
        findings_.fail(Id::CN13, grade(*wait, ping.overtaken.has_value()), ping.spot,
                       late_text("PING was never acknowledged", *wait));
      }
    }
  }
}

}  // namespace

std::unique_ptr<Check> ping_checks(Findings& findings, CallsSoFar& calls) { return std::make_unique<PingChecks>(findings, calls); }

}  // namespace testigo::check
