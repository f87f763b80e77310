#include "verdict/wire_view.h"

#include <fmt/format.h>

#include "base/inert.h"
#include "verdict/elapsed.h"
#include "verdict/horizon.h"

namespace testigo::verdict {
namespace {

std::string impairment(const std::optional<WireTestimony>& wire) {
  if (!wire) return "there is no wire witness";
  if (!wire->trouble.empty()) return fmt::format("the capture could not be read whole: {}", inert(wire->trouble));
  if (wire->dropped != 0) return fmt::format("packets were dropped before they were captured ({})", wire->dropped);
  for (const WireConnection& connection : wire->connections) {
    if (has_gap(connection)) return fmt::format("octets of connection {} were not seen", connection.view.number);
    if (connection.view.calls_not_followed > 0) {
      return fmt::format("connection {} had more streams open than were followed", connection.view.number);
    }
  }
  return {};
}

Sees sees_of(WireState state) {
  switch (state) {
    case WireState::Undelivered:
      return Sees::Undelivered;
    case WireState::Answered:
      return Sees::Answered;
    case WireState::Open:
      return Sees::Open;
    case WireState::Cut:
      return Sees::Cut;
  }
  return Sees::Blind;
}

// Of several streams of a call: an answered one, else a delivered one, else any.
int weight(Sees sees) {
  switch (sees) {
    case Sees::Answered:
      return 4;
    case Sees::Open:
      return 3;
    case Sees::Cut:
      return 2;
    case Sees::Undelivered:
      return 1;
    case Sees::Blind:
    case Sees::None:
      break;
  }
  return 0;
}

}  // namespace

bool request_is_stream(const CallFacts& call) {
  const auto streams = [](statement::Kind kind) { return kind == statement::Kind::ClientStream || kind == statement::Kind::Bidi; };
  if (call.started) return streams(call.started.as<statement::Started>().kind);
  return call.received && streams(call.received.as<statement::Received>().kind);
}

bool is_tls(const WireConnection& connection) { return connection.view.client_opening == http2::Opening::Tls; }

bool has_gap(const WireConnection& connection) {
  return connection.view.from_start && (connection.view.gap_to_server || connection.view.gap_to_client);
}

WireEyes::WireEyes(const std::optional<WireTestimony>& wire) : impaired_(impairment(wire)) {
  if (!wire) return;
  wire_ = &*wire;
  for (const WireConnection& connection : wire->connections) {
    tls_ = tls_ || is_tls(connection);
    if (!connection.view.from_start) ++late_;
  }
}

WireView WireEyes::look(const Facts& facts, const CallFacts& call) const {
  if (call.stream == kNone) {
    const bool sees_all = there() && impaired_.empty() && !tls_ && late_ == 0 && wire_->calls_unidentified == 0;
    const ClientProcess& client = facts.client(call);
    const bool behind_the_end = sees_all && (wire_->cut || wire_->apart) && call.number > client.wire_last;
    const bool before_the_start = sees_all && wire_->apart && call.number < client.wire_from;
    const bool unheard = sees_all && call.unheard;
    const bool seen = sees_all && !behind_the_end && !before_the_start && !unheard;
    return {seen ? Sees::None : Sees::Blind, nullptr, behind_the_end, unheard};
  }
  WireView best;
  for (std::uint32_t i = call.stream; i != kNone; i = facts.next_stream[i]) {
    const WireStream& stream = wire_->streams[i];
    const Sees sees = sees_of(request_is_stream(call) ? state_of(stream.call, true) : stream.state);
    // The newest comes first in the list.
    if (best.stream == nullptr || weight(sees) > weight(best.sees)) best = {sees, &stream, false, false};
  }
  if (best.sees == Sees::Answered) return best;
  best.behind_the_end = best.stream->whole && wire_->trouble.empty() && !went_on(facts, call, *best.stream);
  if (!best.stream->whole || !wire_->trouble.empty() || best.behind_the_end) best.sees = Sees::Blind;
  return best;
}

bool WireEyes::went_on(const Facts& facts, const CallFacts& call, const WireStream& stream) const {
  if ((!wire_->cut && !wire_->apart) || stream.call.ending != call::Ending::StillOpen) return true;
  if (!wire_->last) return false;
  return elapsed(stream.call.started.time_since_epoch(), wire_->last->time_since_epoch()) > patience(facts, call);
}

}  // namespace testigo::verdict
