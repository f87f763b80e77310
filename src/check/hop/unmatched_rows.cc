// PX08, PX09: calls that are on one side only.
#include "check/hop/rows.h"
#include "wire/rpc/status.h"

namespace testigo::check::hop {
namespace {

constexpr std::string_view kNotCovered = "calls of one side may have passed when the other capture had not begun, or was over";
constexpr std::string_view kElsewhere = "calls were answered that the other capture did not see: the hop has other servers";
constexpr std::string_view kUnexplained = "calls upstream are no client's downstream: the hop's own, or others'";

std::uint64_t covered(const Calls& calls, const Cover& cover) {
  return static_cast<std::uint64_t>(std::ranges::count_if(calls, [&](const CallOfSide* call) { return cover.holds(*call); }));
}

std::uint64_t beyond(std::uint64_t many, std::size_t few) { return many > few ? many - few : 0; }

// The client got no answer, the call never went on. One that the hop answered itself, with an error, is not lost.
void judge_lost(const CallOfSide& call, Findings& findings) {
  if (call.ending == call::Ending::ResetByClient) {
    findings.fail(Id::PX09, Severity::Warning, call.spot, "the client waited until it gave up, and the call never went upstream");
  } else if (call.status.value_or(rpc::kOk) != rpc::kOk || (call.http_status != 0 && call.http_status != 200)) {
    findings.fail(Id::PX09, Severity::Info, call.spot,
                  fmt::format("the hop answered itself ({}), and the call never went upstream",
                              call.status ? rpc::status_name(*call.status) : fmt::format(":status {}", call.http_status)));
  } else if (call.ending == call::Ending::WithoutStatus || call.ending == call::Ending::ResetByServer) {
    findings.fail(Id::PX09, Severity::Warning, call.spot, "the hop ended the call, and it never went upstream");
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

// More of them than came downstream. If more were answered with OK, too, they are no attempts of which one was to succeed.
void judge_up(const Unmatched& unmatched, const Pairing& pairing, Findings& findings) {
  if (unmatched.up.empty()) return;
  if (unmatched.all_down.empty()) return findings.not_judgeable(Id::PX09, kUnexplained);
  Calls covered;
  std::ranges::copy_if(unmatched.all_up, std::back_inserter(covered),
                       [&](const CallOfSide* call) { return pairing.up_cover.holds(*call); });
  const auto answers = static_cast<std::uint64_t>(std::ranges::count_if(covered, answered));
  const std::uint64_t doubled = beyond(answers, unmatched.all_down.size());
  const std::uint64_t more = beyond(covered.size(), unmatched.all_down.size());
  if (more == 0) return findings.not_judgeable(Id::PX09, kNotCovered);
  const call::Spot& spot = unmatched.up.front()->spot;
  if (doubled != 0) {
    findings.fail(Id::PX09, spot,
                  fmt::format("{} calls went upstream and were answered with OK; {}", answers, came_downstream(unmatched)));
  }
  if (more > doubled) {
    findings.fail(Id::PX08, spot, fmt::format("the hop made {} attempts; {}", covered.size(), came_downstream(unmatched)));
  }
}

}  // namespace

void judge_unmatched(const Unmatched& unmatched, const Pairing& pairing, bool all_servers, Findings& findings) {
  judge_down(unmatched, pairing, all_servers, findings);
  judge_up(unmatched, pairing, findings);
}

}  // namespace testigo::check::hop
