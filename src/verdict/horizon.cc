#include "verdict/horizon.h"

#include <algorithm>

#include "verdict/elapsed.h"

namespace testigo::verdict {
namespace {

constexpr Duration kGrace = std::chrono::seconds(1);

// The client started it within its deadline and a second of its own last line.
bool near_the_end(const ClientProcess& client, const CallFacts& call) {
  return client.known() && call.started && elapsed(call.started->monotonic, client.last) <= sum(client.deadline, kGrace);
}

Said behind_horizon(const Facts& facts, const CallFacts& call) {
  return near_the_end(facts.client(call), call) ? Said::InFlight : Said::Cut;
}

Said denied_by(const ServerFile& file, const CallFacts& call) {
  if (file.reading->damaged_lines > 0 || begins_later(file, call)) return Said::Cut;
  if (file.whole) return Said::Denied;
  const auto range = file.received.find(call.process);
  return range != file.received.end() && range->second.last > call.number ? Said::Denied : Said::InFlight;
}

}  // namespace

Duration patience(const Facts& facts, const CallFacts& call) {
  const Duration waited = call.ended ? call.ended.as<statement::Ended>().latency : facts.client(call).deadline;
  return sum(std::max(waited, Duration::zero()), kGrace);
}

bool still_fresh(const ClientProcess& client, const CallFacts& call) { return !client.ended() && near_the_end(client, call); }

bool begins_later(const ServerFile& file, const CallFacts& call) {
  if (!file.beginning_lost) return false;
  const auto range = file.received.find(call.process);
  return range == file.received.end() || call.number <= range->second.border;
}

Said client_started(const Facts& facts, const CallFacts& call) {
  if (call.started) return Said::Yes;
  const ClientProcess& client = facts.client(call);
  if (!client.known()) return Said::NoWitness;
  if (client.damaged()) return Said::Cut;
  return client.ended() || call.number <= client.last_number ? Said::Denied : Said::Cut;
}

Said client_ended(const Facts& facts, const CallFacts& call) {
  if (call.ended) return Said::Yes;
  const ClientProcess& client = facts.client(call);
  if (!client.known()) return Said::NoWitness;
  if (client.damaged()) return Said::Cut;
  return client.ended() || !near_the_end(client, call) ? Said::Denied : Said::InFlight;
}

Said server_received(const Facts& facts, const CallFacts& call) {
  if (call.received) return Said::Yes;
  if (facts.server_files.empty()) return Said::NoWitness;
  Said answer = Said::Denied;
  for (const ServerFile& file : facts.server_files) {
    const Said said = denied_by(file, call);
    if (said == Said::Cut) return Said::Cut;
    if (said != Said::Denied) answer = behind_horizon(facts, call);
  }
  return answer;
}

Said server_ended(const Facts& facts, const CallFacts& call) {
  if (call.server_ended) return Said::Yes;
  if (call.server == kNone) return Said::NoWitness;
  const ServerProcess& server = facts.servers[call.server];
  if (facts.server_files[server.file].reading->damaged_lines > 0) return Said::Cut;
  const bool lived_on = server.ended() || elapsed(call.received->monotonic, server.last) > patience(facts, call);
  if (lived_on) return Said::Denied;
  return server.followed ? Said::Died : behind_horizon(facts, call);
}

}  // namespace testigo::verdict
