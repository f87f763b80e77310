#include "check/hop/hop_checks.h"

#include "check/hop/rows.h"
#include "wire/rpc/status.h"

namespace testigo::check::hop {
namespace {

constexpr std::array kRows = {Id::PX01, Id::PX02, Id::PX03, Id::PX04, Id::PX05, Id::PX06, Id::PX07, Id::PX09};

void judge_group(const Group& group, Findings& findings) {
  judge_request_fields(group, findings);
  for (const Passage& passage : {requests_of(group), answers_of(group)}) {
    judge_metadata(group, passage, findings);
    judge_messages(group, passage, findings);
  }
  judge_status(group, findings);
  judge_cancel(group, findings);
}

bool answered_whole(const CallOfSide& call) { return call.status_seen && call.response.ended; }

// The slowest is where it is told.
const CallOfSide* add_latencies(const std::vector<Group>& groups, Histogram& added) {
  const CallOfSide* slowest = nullptr;
  Duration most{};
  for (const Group& group : groups) {
    const CallOfSide &down = *group.down.front(), &up = *group.up.front();
    if (!group.trusted || !group.alone() || !answered_whole(down) || !answered_whole(up)) continue;
    const Duration more = (down.ended - down.started) - (up.ended - up.started);
    added.add(more);
    if (slowest != nullptr && more <= most) continue;
    slowest = &down;
    most = more;
  }
  return slowest;
}

// PX08: once a run.
void tell_latency(const std::vector<Group>& groups, HopSummary& summary, Findings& findings) {
  const CallOfSide* slowest = add_latencies(groups, summary.added);
  if (slowest == nullptr) return;
  findings.fail(Id::PX08, slowest->spot,
                fmt::format("the hop added {} to a call in the median, {} at the 99th percentile, and {} to this one",
                            to_human(summary.added.percentile(50)), to_human(summary.added.percentile(99)),
                            to_human(std::max(summary.added.max(), Duration::zero()))));
}

// A call that was answered with OK though it never went on went on somewhere else.
bool all_servers_heard(const Pairing& pairing) {
  return std::ranges::none_of(pairing.unmatched, [&](const Unmatched& unmatched) {
    return std::ranges::any_of(unmatched.down,
                               [&](const CallOfSide* call) { return call->status == rpc::kOk && pairing.down_cover.holds(*call); });
  });
}

}  // namespace

std::string where(const call::Spot& spot) { return fmt::format("packet {} stream {}", spot.place.packet, spot.place.stream); }

HopSummary judge_hop(const Side& downstream, const Side& upstream, Findings& findings) {
  const Pairing pairing = pair_by_content(downstream, upstream);
  HopSummary summary;
  summary.beyond_limit = downstream.calls_beyond_limit() + upstream.calls_beyond_limit();
  for (const Group& group : pairing.groups) {
    summary.paired += group.down.size();
    judge_group(group, findings);
  }
  const bool all_servers = all_servers_heard(pairing);
  const Senders senders(pairing, downstream);
  for (const Unmatched& unmatched : pairing.unmatched) {
    summary.only_downstream += unmatched.down.size();
    summary.only_upstream += unmatched.up.size();
    judge_unmatched(unmatched, pairing, senders, all_servers, findings);
  }
  tell_latency(pairing.groups, summary, findings);
  if (summary.beyond_limit != 0) {
    for (const Id id : kRows) findings.not_judgeable(id, "more calls than are kept of one side of a hop");
  }
  return summary;
}

}  // namespace testigo::check::hop
