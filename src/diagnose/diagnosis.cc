#include "diagnose/diagnosis.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "base/inert.h"
#include "call/first_octets.h"
#include "check/tls_offer.h"
#include "wire/rpc/status.h"
#include "wire/tls/names.h"

namespace testigo::diagnose {
namespace {

using call::Ending;

constexpr std::string_view kNotConfirmed = "; a refused connection afterwards would confirm it";

// How much earlier than grpc-timeout after its HEADERS a client may give up: its own clock started before they left.
Duration slack(Duration timeout) { return std::max<Duration>(std::chrono::milliseconds(5), timeout / 20); }

// A capture shows a RST in answer to the SYN, without any words.
bool says_refused(std::string_view reason) { return reason.empty() || reason.find("refused") != std::string_view::npos; }

// F01: each way of not being there has its own text.
Cause nothing_there(const call::ConnectionClosed& closed) {
  const call::ConnectionView& connection = closed.connection;
  const std::string& reason = closed.closing->reason;
  Cause cause = cause_of("F01", {}, {{closed.closing->packet, connection.number, 0}});
  if (reason.starts_with("no such name")) {
    cause.title = "the server's name is not known";
    cause.explanation = fmt::format("{}: {}", inert(connection.server.address), inert(reason));
    cause.fix = "Check the spelling of the name and the resolver of this machine (getent hosts NAME).";
  } else if (says_refused(reason)) {
    cause.explanation = fmt::format("{} refused the connection: no process listens on this port", tcp::to_text(connection.server));
  } else {
    cause.title = "the server cannot be reached";
    cause.explanation = fmt::format("{}: {}", tcp::to_text(connection.server), inert(reason));
    cause.fix = "Check the address, the route and the firewalls between here and there.";
  }
  return cause;
}

// F02.
Cause speaks_http1(const call::ConnectionView& connection) {
  return cause_of("F02",
                  fmt::format("{} answered the HTTP/2 preface with {}", tcp::to_text(connection.server),
                              call::first_octets_text(connection.server_first)),
                  {{connection.server_first_packet, connection.number, 0}});
}

bool means_h2(const std::string& protocol) { return protocol == check::kH2 || protocol == check::kGrpcExp; }

// Who offers HTTP/1.1 as well goes on with that, and may be anybody.
bool wants_h2_alone(const tls::Seen& seen) {
  return seen.client && !seen.client->protocols.empty() && std::ranges::all_of(seen.client->protocols, means_h2);
}

// Why nothing of what the client offers was chosen; empty: it was, or this step does not show it.
std::string why_no_h2(const call::TlsSeen& seen) {
  const tls::Seen& known = *seen.connection.tls;
  if (seen.step == tls::Step::Alert) {
    const bool refused = known.alert->direction == Direction::ToClient && known.alert->description == tls::kNoApplicationProtocol;
    return refused ? "refuses what the client offers by ALPN (the alert no_application_protocol)" : "";
  }
  if (seen.step != tls::Step::ServerHello || known.server->hides_protocol()) return {};
  if (!known.server->protocol) return "chooses no protocol by ALPN";
  return means_h2(*known.server->protocol) ? "" : fmt::format("chooses \"{}\" by ALPN", inert(*known.server->protocol));
}

bool missed_deadline(const call::Call& call) {
  if (!call.timeout || !call.request_delivered || call.response.messages != 0) return false;
  const bool reset = call.ending == Ending::ResetByClient || call.ending == Ending::ResetByServer;
  const bool given_up = reset && call.error_code == http2::kCancel;
  const bool told = call.ending == Ending::Trailers && call.status == rpc::kDeadlineExceeded;
  return (given_up || told) && call.ended - call.started >= *call.timeout - slack(*call.timeout);
}

// F29.
Cause slow_handler(const call::ConnectionView& connection, const call::Call& call) {
  return cause_of("F29",
                  fmt::format("{} of {} had its whole request, and no answer came within {}", inert(call.path),
                              tcp::to_text(connection.server), to_human(*call.timeout)),
                  {{call.end_packet, connection.number, call.place.stream}});
}

// F31.
Cause died_mid_call(const call::ConnectionClosed& closed) {
  const bool reset = closed.closing->closing == tcp::Closing::Reset;
  Cause cause = cause_of(
      "F31",
      fmt::format("{} ended the connection by {} with {} call{} open and no GOAWAY{}", tcp::to_text(closed.connection.server),
                  reset ? "RST" : "FIN", closed.calls_open, closed.calls_open == 1 ? "" : "s", kNotConfirmed),
      {{closed.closing->packet, closed.connection.number, 0}});
  cause.suspected = true;
  return cause;
}

void count(Cause& cause, const call::Place& place) {
  ++cause.times;
  if (cause.places.size() < kPlacesKept) cause.places.push_back(place);
}

}  // namespace

// `about` tells causes of one id apart; the explanation is that of the first time.
void Diagnosis::add(const std::string& about, Cause cause) {
  auto& of_id = known_[cause.id];
  if (const auto known = of_id.find(about); known != of_id.end()) {
    count(causes_[known->second], cause.places.front());
  } else if (of_id.size() < kCausesOfOneIdMax) {
    of_id.emplace(about, causes_.size());
    causes_.push_back(std::move(cause));
  }
}

// F05.
void Diagnosis::on_tls(const call::TlsSeen& seen) {
  if (!wants_h2_alone(*seen.connection.tls)) return;
  const std::string why = why_no_h2(seen);
  if (why.empty()) return;
  const std::string server = tcp::to_text(seen.connection.server);
  Cause cause = cause_of("F05", fmt::format("{} {}, and the client offers nothing but \"h2\"", server, why),
                         {{seen.spot.place.packet, seen.connection.number, 0}});
  cause.suspected = seen.step != tls::Step::Alert;  // some clients go on
  add(server, std::move(cause));
}

void Diagnosis::on_call(const call::CallClosed& closed) {
  if (!missed_deadline(closed.call)) return;
  add(tcp::to_text(closed.connection.server) + " " + closed.call.path, slow_handler(closed.connection, closed.call));
}

// F02 waits for the end, when the first line is there. F31 once for each server; what was confirmed stays so.
void Diagnosis::on_connection_closed(const call::ConnectionClosed& closed) {
  const call::ConnectionView& view = closed.connection;
  const std::string server = tcp::to_text(view.server);
  if (view.client_opening == http2::Opening::Http2 && view.server_opening == http2::Opening::Http1) add(server, speaks_http1(view));
  if (!closed.closing) return;
  if (closed.closing->closing == tcp::Closing::Refused) {
    refused(closed);
  } else if (view.server_opening == http2::Opening::Http2 && view.whole() && closed.closing->direction == Direction::ToClient &&
             !closed.goaway && closed.calls_open != 0) {
    add(server, died_mid_call(closed));
  }
}

// F01; and it confirms that a server is gone which died before.
void Diagnosis::refused(const call::ConnectionClosed& closed) {
  const std::string server = tcp::to_text(closed.connection.server);
  const Cause cause = nothing_there(closed);
  add(server + " " + cause.explanation, cause);
  const auto& died = known_["F31"];
  const auto known = died.find(server);
  if (known == died.end() || !says_refused(closed.closing->reason)) return;
  Cause& confirmed = causes_[known->second];
  if (!std::exchange(confirmed.suspected, false)) return;
  confirmed.explanation.resize(confirmed.explanation.size() - kNotConfirmed.size());
  confirmed.explanation += "; a connection afterwards was refused";
}

}  // namespace testigo::diagnose
