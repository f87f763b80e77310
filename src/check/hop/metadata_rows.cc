// PX04, PX07: the fields of all calls of a group together, for who is paired with whom does not matter then.
#include <map>
#include <vector>

#include "check/hop/rows.h"

namespace testigo::check::hop {
namespace {

struct Times {
  std::uint64_t all = 0;
  std::uint64_t never_indexed = 0;
};
using Values = std::map<std::uint64_t, Times>;

struct OfName {
  Field::Kind kind = Field::Kind::Ascii;
  Values values;
  std::uint64_t count() const {
    std::uint64_t count = 0;
    for (const auto& [value, times] : values) count += times.all;
    return count;
  }
  std::uint64_t times(std::uint64_t value) const {
    const auto it = values.find(value);
    return it == values.end() ? 0 : it->second.all;
  }
};
using Names = std::map<std::string_view, OfName>;

void add(Names& names, const Section& section) {
  for (const Field& field : section.fields) {
    OfName& name = names[field.name];
    name.kind = field.kind;
    Times& times = name.values[field.value];
    ++times.all;
    times.never_indexed += field.never_indexed ? 1 : 0;
  }
}

Names names_of(const Calls& calls, const Passage& passage) {
  Names names;
  for (const CallOfSide* call : calls) {
    add(names, passage.half(*call).headers);
    add(names, passage.half(*call).trailers);
  }
  return names;
}

// What of the values of one name did not come out as it went in; empty: nothing. A hop may change a value that is text, or add one.
std::string_view harm(const OfName& from, const OfName& to) {
  if (to.count() < from.count()) return "is lost";
  for (const auto& [value, times] : from.values) {
    if (to.times(value) > times.all) return "is doubled";
    if (from.kind == Field::Kind::Binary && to.times(value) < times.all) return "has another value";
  }
  return {};
}

void judge_name(std::string_view name, const OfName& from, const OfName& to, const Passage& passage, Findings& findings) {
  const std::string_view what = harm(from, to);
  findings.judge(Id::PX04, what.empty(), passage.half(*passage.to.front()).spot, [&] {
    return fmt::format("{} of {} ({}) {} {}", name, passage.from_side(), where(passage.half(*passage.from.front()).spot), what,
                       passage.to_side());
  });
}

// An answer that is cut off, or whose trailers are lost (PX01), is not compared.
bool both_ended(const Group& group, const Passage& passage) {
  const auto ended = [&](const CallOfSide* call) { return call->status_seen || passage.direction == Direction::ToServer; };
  return std::ranges::all_of(group.down, ended) && std::ranges::all_of(group.up, ended);
}

bool known(const Calls& calls, const Passage& passage) {
  return std::ranges::all_of(
      calls, [&](const CallOfSide* call) { return passage.half(*call).headers.known && passage.half(*call).trailers.known; });
}

void judge_lost(const Group& group, const Passage& passage, const Names& from, const Names& to, Findings& findings) {
  if (!both_ended(group, passage)) return;
  if (!known(group.down, passage) || !known(group.up, passage)) {
    findings.not_judgeable(Id::PX04, kFieldsNotKnown);
    return;
  }
  const OfName none;
  for (const auto& [name, values] : from) {
    if (values.kind == Field::Kind::Protocol) continue;
    const auto it = to.find(name);
    judge_name(name, values, it == to.end() ? none : it->second, passage, findings);
  }
}

// Of values that came never-indexed each time.
void judge_never_indexed(const Passage& passage, const Names& from, const Names& to, Findings& findings) {
  for (const auto& [name, of_name] : from) {
    const auto it = to.find(name);
    if (it == to.end()) continue;
    for (const auto& [value, times] : of_name.values) {
      const auto passed_on = it->second.values.find(value);
      if (times.never_indexed != times.all || passed_on == it->second.values.end()) continue;
      findings.judge(Id::PX07, passed_on->second.never_indexed == passed_on->second.all, passage.half(*passage.to.front()).spot,
                     [&] {
                       return fmt::format("{} came never-indexed {} ({}), and goes on {} as something else", name,
                                          passage.from_side(), where(passage.half(*passage.from.front()).spot), passage.to_side());
                     });
    }
  }
}

}  // namespace

void judge_metadata(const Group& group, const Passage& passage, Findings& findings) {
  if (!group.trusted) {
    for (const Id id : {Id::PX04, Id::PX07}) findings.not_judgeable(id, kNotToldApart);
    return;
  }
  const Names from = names_of(passage.from, passage), to = names_of(passage.to, passage);
  judge_lost(group, passage, from, to, findings);
  judge_never_indexed(passage, from, to, findings);
}

}  // namespace testigo::check::hop
