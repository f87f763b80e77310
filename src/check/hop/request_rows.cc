// PX02, PX03: the fields of a request that a hop must pass on.
#include "check/hop/rows.h"

namespace testigo::check::hop {
namespace {

// A library rounds up what is left of a deadline to two or three digits.
constexpr int kRoundingPercent = 1;

bool fields_known(const Group& group) {
  const auto known = [](const CallOfSide* call) { return call->request.headers.known; };
  return std::ranges::all_of(group.down, known) && std::ranges::all_of(group.up, known);
}

// No client varies it: where all calls of the group have it, and none of their equals, it does not matter who is whose.
bool never_passed_on(const Group& group) {
  return !group.alone() && std::ranges::all_of(group.down, &CallOfSide::te) && std::ranges::none_of(group.up, &CallOfSide::te);
}

// Any pairing leaves so many without it, or more.
void judge_te(const Group& group, Findings& findings) {
  if (!group.trusted && !never_passed_on(group)) {
    findings.not_judgeable(Id::PX02, kNotToldApart);
    return;
  }
  auto asked = static_cast<std::size_t>(std::ranges::count(group.down, true, &CallOfSide::te));
  const auto passed_on = static_cast<std::size_t>(std::ranges::count(group.up, true, &CallOfSide::te));
  findings.pass(Id::PX02, std::min(asked, passed_on));
  for (const CallOfSide* call : group.up) {
    if (call->te || asked <= passed_on) continue;
    --asked;
    findings.fail(Id::PX02, call->spot,
                  fmt::format("te: trailers came downstream ({}), and none goes upstream", where(group.down.front()->spot)));
  }
}

void judge_timeout(const CallOfSide& down, const CallOfSide& up, Findings& findings) {
  if (!down.timeout) return;
  if (!up.timeout) {
    findings.fail(
        Id::PX03, up.spot,
        fmt::format("grpc-timeout of {} came downstream ({}), and none goes upstream", to_human(*down.timeout), where(down.spot)));
    return;
  }
  const Duration most =
      *down.timeout < Duration::max() / 2 ? *down.timeout + *down.timeout * kRoundingPercent / 100 : *down.timeout;
  findings.judge(Id::PX03, *up.timeout <= most, up.spot, [&] {
    return fmt::format("grpc-timeout of {} came downstream ({}), and {} goes upstream", to_human(*down.timeout), where(down.spot),
                       to_human(*up.timeout));
  });
}

// In the order of their deadlines: where any pairing keeps them, this one does.
void judge_timeouts(const Group& group, Findings& findings) {
  if (!group.trusted) {
    findings.not_judgeable(Id::PX03, kNotToldApart);
    return;
  }
  const auto timeout = [](const CallOfSide* call) { return call->timeout.value_or(Duration::max()); };
  Calls down = group.down, up = group.up;
  std::ranges::stable_sort(down, {}, timeout);
  std::ranges::stable_sort(up, {}, timeout);
  for (std::size_t i = 0; i < down.size(); ++i) judge_timeout(*down[i], *up[i], findings);
}

}  // namespace

void judge_request_fields(const Group& group, Findings& findings) {
  if (!fields_known(group)) {
    for (const Id id : {Id::PX02, Id::PX03}) findings.not_judgeable(id, kFieldsNotKnown);
    return;
  }
  judge_te(group, findings);
  judge_timeouts(group, findings);
}

}  // namespace testigo::check::hop
