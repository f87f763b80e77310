// PX08, PX09: calls that are on one side only.
#include "check/hop/rows.h"
#include "wire/rpc/status.h"

namespace testigo::check::hop {
namespace {

constexpr std::string_view kNotCovered = "calls of one side may have passed when the other capture had not begun, or was over";
constexpr std::string_view kElsewhere = "calls were answered that the other capture did not see: the hop has other servers";
constexpr std::string_view kNotUpstream = "the call is not in the capture upstream: it was lost, or went to another server";
constexpr std::string_view kUnexplained = "calls upstream are no client's downstream: the hop's own, or others'";

std::uint64_t covered(const Calls& calls, const Cover& cover) {
  return static_cast<std::uint64_t>(std::ranges::count_if(calls, [&](const CallOfSide* call) { return cover.holds(*call); }));
}

std::uint64_t beyond(std::uint64_t many, std::size_t few) { return many > few ? many - few : 0; }

// The client got no answer, the call is not upstream. No more than a remark: it may have gone to a server that nobody hears, and
// that answers nothing.
void judge_lost(const CallOfSide& call, Findings& findings) {
  if (call.ending == call::Ending::ResetByClient) {
    findings.fail(Id::PX09, Severity::Info, call.spot, fmt::format("the client waited until it gave up; {}", kNotUpstream));
  } else if (call.status.value_or(rpc::kOk) != rpc::kOk || (call.http_status != 0 && call.http_status != 200)) {
    findings.fail(
        Id::PX09, Severity::Info, call.spot,
        fmt::format("the answer is {}, and the call is not in the capture upstream: the hop answered itself, or another server",
                    call.status ? rpc::status_name(*call.status) : fmt::format(":status {}", call.http_status)));
  } else if (call.ending == call::Ending::WithoutStatus || call.ending == call::Ending::ResetByServer) {
    findings.fail(Id::PX09, Severity::Info, call.spot, fmt::format("the call ended without an answer; {}", kNotUpstream));
  }
}

void judge_down(const Unmatched& unmatched, const Pairing& pairing, bool all_servers, Findings& findings) {
  if (unmatched.down.empty()) return;
  const std::uint64_t must_be = covered(unmatched.all_down, pairing.down_cover);
  std::uint64_t lost = beyond(must_be, unmatched.all_up.size());
  if (lost == 0 || !all_servers) {
    findings.not_judgeable(Id::PX09, lost == 0 ? kNotCovered : kElsewhere);
    return;
  }
  for (const CallOfSide* call : unmatched.down) {
    if (lost == 0 || !pairing.down_cover.holds(*call)) continue;
    --lost;
    judge_lost(*call, findings);
  }
}

bool answered(const CallOfSide* call) { return call->status == rpc::kOk; }

std::string came_downstream(const Unmatched& unmatched) {
  return fmt::format("{} came downstream ({})",
                     unmatched.all_down.size() == 1 ? "one call" : fmt::format("{} calls", unmatched.all_down.size()),
                     where(unmatched.all_down.front()->spot));
}

// More of them than came downstream, and by the hop. If more were answered with OK, too, they are no attempts of which one was to
// succeed.
void judge_up(const Unmatched& unmatched, const Pairing& pairing, const Senders& senders, Findings& findings) {
  if (unmatched.up.empty()) return;
  Calls covered;
  std::ranges::copy_if(unmatched.all_up, std::back_inserter(covered),
                       [&](const CallOfSide* call) { return senders.is_hop(*call); });
  const std::size_t down = unmatched.all_down.size();
  if (down == 0 || covered.size() <= down) return findings.not_judgeable(Id::PX09, kUnexplained);
  std::erase_if(covered, [&](const CallOfSide* call) { return !pairing.up_cover.holds(*call); });
  const auto answers = static_cast<std::uint64_t>(std::ranges::count_if(covered, answered));
  const std::uint64_t doubled = beyond(answers, down);
  const std::uint64_t more = beyond(covered.size(), down);
  if (more == 0) return findings.not_judgeable(Id::PX09, kNotCovered);
  const auto more_of_hop = std::ranges::find_if(unmatched.up, [&](const CallOfSide* call) { return senders.is_hop(*call); });
  const call::Spot& spot = (*more_of_hop)->spot;  // of so many, one at least is without a counterpart
  if (doubled != 0) {
    findings.fail(Id::PX09, spot,
                  fmt::format("{} calls went upstream and were answered with OK; {}", answers, came_downstream(unmatched)));
  }
  if (more > doubled) {
    findings.fail(Id::PX08, spot, fmt::format("the hop made {} attempts; {}", covered.size(), came_downstream(unmatched)));
  }
}

}  // namespace

void judge_unmatched(const Unmatched& unmatched, const Pairing& pairing, const Senders& senders, bool all_servers,
                     Findings& findings) {
  judge_down(unmatched, pairing, all_servers, findings);
  judge_up(unmatched, pairing, senders, findings);
}

}  // namespace testigo::check::hop
