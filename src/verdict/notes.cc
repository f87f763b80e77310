#include "verdict/notes.h"

#include <algorithm>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "base/inert.h"
#include "verdict/connection_scope.h"
#include "verdict/wording.h"

namespace testigo::verdict {
namespace {

void note_ends(Docket& docket) {
  for (const ClientProcess& client : docket.facts.clients) {
    if (client.known() && !client.ended()) {
      docket.verdict.notes.push_back(
          fmt::format("the statements of {} have no end record: they count up to their last line", inert(client.name)));
    }
  }
  for (const ServerProcess& server : docket.facts.servers) {
    if (server.ended()) continue;
    const std::string& name = server.testimony->start.name;
    docket.verdict.notes.push_back(
        server.followed ? fmt::format("a process of {} did not end in order; another one followed", inert(name))
                        : fmt::format("the statements of {} have no end record: they count up to their last line", inert(name)));
  }
}

void note_wire(Docket& docket) {
  if (!docket.evidence.wire) return;
  if (docket.wire.tls()) docket.verdict.notes.push_back("under TLS the wire shows ciphertext: claim 8 rests on two witnesses");
  if (docket.wire.late()) {
    docket.verdict.notes.push_back(count_text(docket.wire.late_connections(), "connection") +
                                   " began before the capture did: their calls are out of scope");
  }
  const auto others = std::ranges::count_if(docket.evidence.wire->connections, is_no_grpc_client);
  if (others > 0) {
    docket.verdict.notes.push_back(count_text(static_cast<std::uint64_t>(others), "connection") +
                                   " came from a client that speaks no HTTP/2: out of scope");
  }
  const check::Tally& tally = docket.evidence.checks;
  if (tally.warnings > 0) docket.verdict.notes.push_back(count_text(tally.warnings, "check warning") + "; warnings break no claim");
}

// ", of judge.json"
std::string of_file(const std::string& file) { return file.empty() ? "" : ", of " + file; }

// Who chose what is judged: evidence from somebody else may bring its choice along.
void note_scope(Docket& docket) {
  std::vector<std::string>& notes = docket.verdict.notes;
  if (docket.verdict.out_of_scope > 0)
    notes.push_back(count_text(docket.verdict.out_of_scope, "call") + " out of scope, counted and not judged");
  const JudgeOptions& options = docket.options;
  if (docket.earlier > 0 && options.since) {
    notes.push_back(fmt::format("calls before {} are out of scope (--since{}): {}", to_rfc3339(*options.since),
                                of_file(options.since_of), docket.earlier));
  }
  if (docket.of_others > 0) {
    notes.push_back(fmt::format("calls of clients that are not in the evidence are out of scope (--shared-server{}): {}",
                                of_file(options.others_of), docket.of_others));
  }
}

}  // namespace

void add_notes(Docket& docket) {
  Verdict& verdict = docket.verdict;
  if (docket.evidence.wire) {
    verdict.calls_on_wire = docket.evidence.wire->streams.size();
    verdict.calls_without_id = docket.evidence.wire->calls_without_id;
  }
  note_ends(docket);
  note_wire(docket);
  note_scope(docket);
  if (!verdict.in_flight.empty())
    verdict.notes.push_back(count_text(verdict.in_flight.size(), "call") + " in flight at the end, not judged");
}

}  // namespace testigo::verdict
