#include "verdict/traffic.h"

#include <fmt/format.h>

#include "base/limits.h"
#include "call/first_octets.h"
#include "verdict/claim_catalogue.h"
#include "verdict/unjudged.h"
#include "verdict/wording.h"
#include "wire/rpc/status.h"

namespace testigo::verdict {
namespace {

using http2::Opening;

bool speaks_otherwise(Opening opening) { return opening == Opening::Http1 || opening == Opening::Other; }

Exhibit quoted(const call::ConnectionView& view, bool client) {
  Exhibit exhibit;
  const std::string& first = client ? view.client_first : view.server_first;
  exhibit.text = fmt::format("{} of connection {} ({}) began with {}", client ? "the client" : "the server", view.number,
                             tcp::to_text(client ? view.client : view.server), call::first_octets_text(first));
  exhibit.wire.push_back({client ? view.packet : view.server_first_packet, view.number, 0});
  exhibit.octets = call::first_octets_hex(first);
  return exhibit;
}

// "1 of 1 connection is", "1 of 2 connections is", "2 of 2 connections are"
std::string part_text(std::uint64_t part, std::uint64_t all, std::string_view singular, std::string_view plural) {
  return fmt::format("{} of {} {}", part, count_text(all, "connection"), part == 1 ? singular : plural);
}

// As of claim 7 of `verify`, but for what a user declares beside the specification, which is said of the run.
std::vector<std::string> doubts_about(check::Unjudged unjudged) {
  for (const std::string_view declared : {"MG06", "MG07", "EX01"}) unjudged.erase(declared);
  return doubts_of(unjudged);
}

Claim decide(const Traffic& traffic, const check::Tally& checks) {
  Claim claim;
  claim.number = 1;
  claim.sentence = traffic_sentence();
  claim.outcome = Outcome::Inconclusive;
  if (checks.errors != 0 || traffic.not_http2_total != 0) {
    claim.outcome = Outcome::Broken;
    claim.exhibits = traffic.not_http2;
    for (Exhibit& exhibit : error_exhibits(checks)) {
      if (claim.exhibits.size() < kExhibitsKept) claim.exhibits.push_back(std::move(exhibit));
    }
    claim.exhibits_total = traffic.not_http2_total + checks.errors;
    claim.because = traffic.not_http2_total != 0 ? count_text(traffic.not_http2_total, "connection") + " did not speak HTTP/2"
                                                 : count_text(checks.errors, "finding") + " of grade error";
  } else if (traffic.dropped_packets != 0) {
    claim.because = count_text(traffic.dropped_packets, "packet") + " dropped before they could be read: not everything was seen";
  } else if (!traffic.trouble.empty()) {
    claim.because = traffic.trouble + ": not everything was seen";
  } else if (traffic.connections == 0) {
    claim.because = traffic.hearing == Hearing::Tap ? "no connection was seen" : "no connection was seen that could be judged";
  } else if (traffic.tls_connections != 0 && traffic.hearing == Hearing::Tap) {
    claim.because = part_text(traffic.tls_connections, traffic.connections, "is", "are") + " TLS: the wire shows ciphertext";
  } else if (traffic.incomplete_connections != 0) {
    claim.because = part_text(traffic.incomplete_connections, traffic.connections, "was", "were") + " not seen whole";
  } else if (traffic.grpc_calls == 0) {
    claim.because = "no gRPC call was seen";
  } else if (const std::vector<std::string> doubts = doubts_about(checks.in_doubt); !doubts.empty()) {
    claim.because = fmt::format("{}", fmt::join(doubts, "; "));
  } else {
    claim.outcome = Outcome::Proven;
    claim.because = fmt::format("{} on {}, no check failed at error severity", count_text(traffic.grpc_calls, "gRPC call"),
                                count_text(traffic.connections, "connection"));
  }
  return claim;
}

void note_connections(std::vector<std::string>& notes, std::uint64_t count, std::string_view singular, std::string_view plural) {
  if (count != 0) notes.push_back(fmt::format("{} {}", count_text(count, "connection"), count == 1 ? singular : plural));
}

std::vector<std::string> notes_on(const Traffic& traffic) {
  const Limits limits;
  std::vector<std::string> notes;
  if (traffic.calls_not_followed != 0) {
    notes.push_back(fmt::format(
        "{} not followed: more than {} streams were open on a connection, or {} on all, or a block that opens one could "
        "not be read",
        count_text(traffic.calls_not_followed, "call"), limits.streams_max, limits.streams_max_all));
  }
  if (traffic.blocks_beyond_limit != 0) {
    notes.push_back(
        fmt::format("{} beyond what is decoded (a block of {} octets, {} fields, {} octets of decoded text; a string of {}): the "
                    "rest of it was not seen",
                    count_text(traffic.blocks_beyond_limit, "header block"), limits.block_bytes_max, limits.block_fields_max,
                    limits.block_decoded_bytes_max, limits.string_bytes_max));
  }
  if (traffic.messages_crowded_out != 0) {
    notes.push_back(fmt::format("{} not kept whole: what is kept of all that are open at a time is {} octets",
                                count_text(traffic.messages_crowded_out, "message"), limits.message_bytes_kept_all));
  }
  if (traffic.hearing == Hearing::Tap) return notes;
  note_connections(notes, traffic.tls_connections, "is TLS, of which only the handshake can be judged: the wire shows ciphertext",
                   "are TLS, of which only the handshakes can be judged: the wire shows ciphertext");
  note_connections(notes, traffic.other_connections, "does not speak HTTP/2 and was not judged",
                   "do not speak HTTP/2 and were not judged");
  note_connections(notes, traffic.late_connections, "was not seen from its start and was not judged",
                   "were not seen from their start and were not judged");
  note_connections(notes, traffic.silent_connections, "was refused, or said too little to be judged",
                   "were refused, or said too little to be judged");
  return notes;
}

}  // namespace

void TrafficWitness::on_call(const call::CallClosed& closed) {
  ++traffic_.calls;
  const bool judged = closed.connection.from_start;
  if (judged && closed.call.rpc_class == call::RpcClass::Grpc) ++traffic_.grpc_calls;
  ++(closed.call.status == rpc::kOk ? traffic_.ok : traffic_.failed);
}

void TrafficWitness::on_connection_closed(const call::ConnectionClosed& closed) {
  const call::ConnectionView& view = closed.connection;
  if (closed.turned) return;
  if (traffic_.hearing == Hearing::Interface && passes_over(view)) return;
  ++traffic_.connections;
  if (view.client_opening == Opening::Http2 && view.server_opening == Opening::Http2) ++traffic_.http2_connections;
  if (view.client_opening == Opening::Tls) ++traffic_.tls_connections;
  if (!view.whole() || view.calls_not_followed != 0 || view.blocks_beyond_limit != 0) ++traffic_.incomplete_connections;
  traffic_.calls_not_followed += view.calls_not_followed;
  traffic_.blocks_beyond_limit += view.blocks_beyond_limit;
  traffic_.messages_crowded_out += view.messages_crowded_out;
  const bool client = speaks_otherwise(view.client_opening);
  const bool server =
      view.client_opening == Opening::Http2 && (speaks_otherwise(view.server_opening) || view.server_opening == Opening::Tls);
  if (!client && !server) return;
  ++traffic_.not_http2_total;
  if (traffic_.not_http2.size() < kExhibitsKept) traffic_.not_http2.push_back(quoted(view, client));
}

// A connection whose first octets are missing may have been gRPC, and is judged as one that was not seen whole.
bool TrafficWitness::passes_over(const call::ConnectionView& view) {
  std::uint64_t* count = nullptr;
  if (!view.from_start) {
    count = &traffic_.late_connections;
  } else if (view.client_opening == Opening::Tls) {
    count = &traffic_.tls_connections;
  } else if (speaks_otherwise(view.client_opening) && !http2::means_http2(view.client_first)) {
    count = &traffic_.other_connections;
  } else if (view.client_opening == Opening::NeedMore && view.whole(Direction::ToServer)) {
    count = &traffic_.silent_connections;
  }
  if (count != nullptr) ++*count;
  return count != nullptr;
}

std::vector<Exhibit> error_exhibits(const check::Tally& checks) {
  std::vector<Exhibit> exhibits;
  for (const check::Finding& finding : checks.findings) {
    if (finding.severity != check::Severity::Error || exhibits.size() == kExhibitsKept) continue;
    Exhibit exhibit;
    exhibit.text = fmt::format("{}: {} ({})", finding.check, finding.text, finding.clause);
    exhibit.wire.push_back(finding.spot.place);
    exhibits.push_back(std::move(exhibit));
  }
  return exhibits;
}

Verdict judge_traffic(const Traffic& traffic, const check::Tally& checks, std::vector<diagnose::Cause> causes) {
  Verdict verdict;
  verdict.claims.push_back(decide(traffic, checks));
  verdict.outcome = outcome_of(verdict.claims);
  verdict.causes = std::move(causes);
  verdict.calls = traffic.calls;
  verdict.calls_on_wire = traffic.calls;
  verdict.notes = notes_on(traffic);
  return verdict;
}

}  // namespace testigo::verdict
