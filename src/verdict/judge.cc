#include "verdict/judge.h"

#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "base/inert.h"
#include "verdict/completeness.h"
#include "verdict/docket.h"
#include "verdict/grpc_claim.h"
#include "verdict/http2_claim.h"
#include "verdict/notes.h"
#include "verdict/periodicity.h"
#include "verdict/reply_judge.h"
#include "verdict/scope.h"
#include "verdict/truth_table.h"
#include "verdict/wording.h"
#include "wire/rpc/status.h"

namespace testigo::verdict {
namespace {

void doubt(Docket& docket, std::initializer_list<int> claims, const std::string& reason) {
  for (const int number : claims) docket.claims[number].doubt(reason);
}

void missing_witnesses(Docket& docket) {
  const bool has_clients = std::ranges::any_of(docket.facts.clients, &ClientProcess::known);
  if (!has_clients) doubt(docket, {2, 3, 5, 8}, "there are no client's statements");
  if (has_clients && docket.calls_of_missing_clients > 0) {
    doubt(docket, {2, 3, 5, 8},
          fmt::format("the client's statements of {} are missing", count_text(docket.calls_of_missing_clients, "call")));
  }
  const auto testify = static_cast<std::size_t>(std::ranges::count_if(docket.facts.clients, &ClientProcess::known));
  if (has_clients && testify < docket.options.clients_started) {
    doubt(docket, {2, 3, 5, 8}, fmt::format("{} clients were started, and {} testify", docket.options.clients_started, testify));
  }
  for (const ClientProcess& client : docket.facts.clients) {
    if (docket.options.clients_started > 0 && docket.options.run_ended && client.known() && !client.ended()) {
      doubt(docket, {2, 3, 5, 8}, fmt::format("{} did not come to its end: what it had to say yet is missing", inert(client.name)));
    }
    if (client.known() && client.last_number == 0) doubt(docket, {2, 5}, fmt::format("{} made no call", inert(client.name)));
  }
  if (docket.facts.server_files.empty()) doubt(docket, {4, 8}, "there are no server's statements");
  if (!docket.wire.impaired().empty()) doubt(docket, {6, 7, 8}, docket.wire.impaired());
  const std::uint64_t unidentified = docket.evidence.wire ? docket.evidence.wire->calls_unidentified : 0;
  if (unidentified > 0)
    doubt(docket, {8}, fmt::format("the id of {} could not be read on the wire", count_text(unidentified, "call")));
}

void nothing_to_judge(Docket& docket) {
  const bool calls = docket.verdict.calls + docket.calls_of_missing_clients > 0;
  if (!calls) doubt(docket, {1, 2, 3, 4, 5, 6, 7, 8}, "no call was made");
  if (docket.verdict.calls > 0 && docket.replies_seen == 0) doubt(docket, {3}, "there was no reply");
  const bool server = !docket.facts.server_files.empty();
  if (calls && server && docket.handled == 0 && docket.claims[4].times_broken() == 0)
    doubt(docket, {4}, "no call reached the server");
  if (docket.evidence.wire && docket.evidence.wire->streams.empty() && !docket.wire.tls())
    doubt(docket, {6, 7}, "the wire carried no call");
  if (docket.verdict.calls > 0 && docket.answered == 0) {
    docket.claims[1].broken([&] {
      return Exhibit{.call = {},
                     .text = fmt::format("none of {} was answered", count_text(docket.verdict.calls, "call")),
                     .octets = {},
                     .wire = {},
                     .statements = {}};
    });
  } else if (docket.answered == 0) {
    doubt(docket, {1}, "no answer was seen");
  }
}

void count_clients(Docket& docket) {
  std::map<std::string, ClientCount> counts;
  for (const CallFacts& call : docket.facts.calls) {
    const ClientProcess& client = docket.facts.client(call);
    if (!client.known() || !call.started ||
        scope_of(docket.facts, call, docket.options, docket.wire.begins_late_for(docket.facts.client(call))) != Scope::Judged)
      continue;
    ClientCount& count = counts[client.name];
    ++count.calls;
    if (!call.ended) continue;
    ++(call.ended.as<statement::Ended>().status == rpc::kOk ? count.ok : count.failed);
  }
  for (auto& [name, count] : counts) {
    count.client = name;
    docket.verdict.clients.push_back(std::move(count));
  }
}

std::string agreement(const Docket& docket) {
  const std::string calls = count_text(docket.verdict.calls, "call");
  if (docket.wire.tls()) return fmt::format("client and server agree on {}; the wire, under TLS, does not see them", calls);
  return fmt::format("client, wire and server agree on {}", calls);
}

std::string handling(const Docket& docket) {
  const std::string text = fmt::format("the server handled {} once each", count_text(docket.handled, "call"));
  return docket.not_reached == 0 ? text : fmt::format("{}; {} were not received", text, docket.not_reached);
}

void finish_claims(Docket& docket, const std::string& periodicity, const std::string& http2, const std::string& grpc) {
  const std::uint64_t calls = docket.verdict.calls;
  const auto finish = [&](int number, std::string proven, std::string_view many) {
    docket.verdict.claims.push_back(std::move(docket.claims[number]).finish(number, std::move(proven), many));
  };
  const std::uint64_t made = calls + docket.calls_of_missing_clients;
  finish(1, fmt::format("{} of {} {} answered", docket.answered, count_text(made, "call"), made == 1 ? "was" : "were"), "exhibits");
  finish(2, fmt::format("{} of {} answered with OK", docket.ok, count_text(calls, "call")),
         fmt::format("of {} did not end with OK", count_text(calls, "call")));
  const std::string replies = docket.replies_seen == 1 ? "the only reply" : fmt::format("each of {} replies", docket.replies_seen);
  finish(3, replies + " names the client and the call that asked", "replies went astray");
  finish(4, handling(docket), "calls were lost or handled twice");
  finish(5, periodicity, "departures");
  finish(6, http2, "connections are not HTTP/2");
  finish(7, grpc, "findings at error severity");
  finish(8, agreement(docket), "contradictions");
}

}  // namespace

Verdict judge(const Evidence& evidence, const JudgeOptions& options, const OnDifference& on_difference,
              const OnOutOfScope& on_out_of_scope) {
  Docket docket(evidence, options, on_difference, on_out_of_scope);
  set_scope(docket.facts, options);
  docket.verdict.causes = evidence.causes;
  judge_calls(docket);
  judge_completeness(docket);
  const std::string periodicity = judge_periodicity(docket);
  const std::string http2 = judge_http2(docket);
  const std::string grpc = judge_grpc(docket);
  missing_witnesses(docket);
  nothing_to_judge(docket);
  add_mix_up(docket);
  count_clients(docket);
  add_notes(docket);
  finish_claims(docket, periodicity, http2, grpc);
  docket.verdict.outcome = outcome_of(docket.verdict.claims);
  return std::move(docket.verdict);
}

}  // namespace testigo::verdict
