// PX01, PX06, PX10: how a call ended on both sides.
#include "check/hop/rows.h"
#include "wire/rpc/status.h"

namespace testigo::check::hop {
namespace {

using namespace std::chrono_literals;

constexpr Duration kSlack = 1s;  // for a cancel to travel on

// PX01. A hop that resets its side has lost nothing of its own: judged up to there.
void judge_trailers(const CallOfSide& down, const CallOfSide& up, Findings& findings) {
  if (!up.status_seen || !down.response.ended) return;
  if (!down.response.trailers.known) {
    findings.not_judgeable(Id::PX01, kFieldsNotKnown);
    return;
  }
  findings.judge(Id::PX01, down.status_seen, down.response.spot, [&] {
    return fmt::format("grpc-status came in trailers upstream ({}), and none went downstream", where(up.response.spot));
  });
}

std::string name(const std::optional<int>& status) {
  return status ? fmt::format("{} ({})", *status, rpc::status_name(*status)) : "no number";
}

void judge_one_status(const CallOfSide& down, const CallOfSide& up, Findings& findings) {
  if (!up.status_seen || !down.status_seen) return;
  findings.judge(Id::PX06, up.status == down.status, down.response.spot, [&] {
    return fmt::format("grpc-status is {} upstream ({}), and {} downstream", name(up.status), where(up.response.spot),
                       name(down.status));
  });
}

bool cancelled(const CallOfSide& call) { return call.ending == call::Ending::ResetByClient; }

}  // namespace

void judge_status(const Group& group, Findings& findings) {
  if (!group.trusted) {
    for (const Id id : {Id::PX01, Id::PX06}) findings.not_judgeable(id, kNotToldApart);
    return;
  }
  for (std::size_t i = 0; i < group.down.size(); ++i) {
    judge_trailers(*group.down[i], *group.up[i], findings);
    judge_one_status(*group.down[i], *group.up[i], findings);
  }
}

// PX10. Upstream a call begins after downstream: what it takes longer there than the client waited, it goes on for nobody. Both are
// durations, each by one clock.
void judge_cancel(const Group& group, Findings& findings) {
  if (!group.trusted || !group.alone() || !cancelled(*group.down.front())) return;
  const CallOfSide &down = *group.down.front(), &up = *group.up.front();
  if (cancelled(up)) return findings.pass(Id::PX10);
  const Duration longer = (up.ended - up.started) - (down.ended - down.started);
  if (longer <= kSlack) return;
  findings.fail(Id::PX10, up.spot,
                fmt::format("the client cancelled downstream ({}), and the call went on upstream for at least {}", where(down.spot),
                            to_human(longer)));
}

}  // namespace testigo::check::hop
