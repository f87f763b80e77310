#include "verdict/scope.h"

#include <algorithm>

#include "verdict/horizon.h"
#include "wire/rpc/status.h"

namespace testigo::verdict {
namespace {

std::uint64_t first_kept(const ClientProcess& client) {
  if (!client.testimony->beginning_lost) return 1;
  return client.first_number == 0 ? client.last_number + 1 : client.first_number;
}

// By the client's own clock. The number decides for the other witnesses, and where the clock was set back.
std::uint64_t first_since(const ClientProcess& client, Time since) {
  std::uint64_t first = client.last_number + 1;
  for (const statement::Line& line : client.testimony->lines) {
    const auto* started = std::get_if<statement::Started>(&line.statement.body);
    if (started != nullptr && line.statement.time >= since) first = std::min(first, started->id.number);
  }
  return first;
}

bool server_lost(const Facts& facts, const CallFacts& call) {
  return !call.received &&
         std::ranges::any_of(facts.server_files, [&](const ServerFile& file) { return begins_later(file, call); });
}

// What another witness lost takes nothing from a failure that the client itself states.
bool stated_failure(const CallFacts& call) { return call.ended && call.ended.as<statement::Ended>().status != rpc::kOk; }

bool wire_lost(const ClientProcess& client, const CallFacts& call) {
  return call.stream == kNone && (client.wire_from == 0 || call.number < client.wire_from);
}

}  // namespace

void set_scope(Facts& facts, const JudgeOptions& options) {
  for (ClientProcess& client : facts.clients) {
    if (!client.known()) continue;
    client.scope_from = first_kept(client);
    if (options.since) client.scope_from = std::max(client.scope_from, first_since(client, *options.since));
  }
}

Scope scope_of(const Facts& facts, const CallFacts& call, const JudgeOptions& options, bool wire_begins_late) {
  const ClientProcess& client = facts.client(call);
  if (!client.known()) return options.others_out_of_scope ? Scope::OfOthers : Scope::ClientMissing;
  if (client.testimony->beginning_lost && call.number < first_kept(client)) return Scope::Rotated;
  if (call.number < client.scope_from) return Scope::Earlier;
  if (stated_failure(call)) return Scope::Judged;
  if (server_lost(facts, call) || (wire_begins_late && wire_lost(client, call))) return Scope::Rotated;
  return Scope::Judged;
}

}  // namespace testigo::verdict
