#include "check/hop/senders.h"

namespace testigo::check::hop {
namespace {

constexpr std::string_view kHealth = "/grpc.health.v1.Health/";

}  // namespace

Senders::Senders(const Pairing& pairing, const Side& downstream) {
  for (const Group& group : pairing.groups) {
    if (!group.trusted) continue;
    for (const CallOfSide* call : group.up) {
      connections_.insert(call->spot.place.connection);
      if (!call->one_machine) addresses_.insert(call->client);
    }
  }
  for (const CallOfSide& call : downstream.calls()) addresses_.erase(call.client);
}

bool Senders::is_hop(const CallOfSide& upstream) const {
  if (connections_.contains(upstream.spot.place.connection)) return true;
  return addresses_.contains(upstream.client) && !upstream.path.starts_with(kHealth);
}

}  // namespace testigo::check::hop
