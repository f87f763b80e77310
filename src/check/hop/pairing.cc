#include "check/hop/pairing.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "check/hop/contents.h"

namespace testigo::check::hop {
namespace {

constexpr std::size_t kRunLeast = 8;  // of 8 pairs one in 40,320 orders fits by chance

Calls pointers(const Side& side) {
  Calls calls;
  for (const CallOfSide& call : side.calls()) calls.push_back(&call);
  return calls;
}

std::map<std::uint64_t, Group> grouped(const Calls& down, const Calls& up, const Key& key) {
  std::map<std::uint64_t, Group> groups;
  for (const CallOfSide* call : down) {
    if (const auto digest = key(*call)) groups[*digest].down.push_back(call);
  }
  for (const CallOfSide* call : up) {
    if (const auto digest = key(*call)) groups[*digest].up.push_back(call);
  }
  return groups;
}

// The longest run of pairs that have the same order on both sides: what was paired by mistake does not fit in.
std::vector<Group> in_same_order(std::vector<Group> pairs) {
  std::ranges::sort(pairs, {}, [](const Group& pair) { return pair.down.front()->started; });
  std::vector<std::size_t> ends;  // of the best run of each length: its last pair
  std::vector<std::size_t> before(pairs.size());
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    const auto at = std::ranges::lower_bound(ends, pairs[i].up.front()->started, {},
                                             [&](std::size_t pair) { return pairs[pair].up.front()->started; });
    before[i] = at == ends.begin() ? i : *(at - 1);
    if (at == ends.end()) {
      ends.push_back(i);
    } else {
      *at = i;
    }
  }
  std::vector<Group> run;
  for (std::size_t left = ends.size(), at = ends.empty() ? 0 : ends.back(); left != 0; --left, at = before[at]) {
    run.push_back(pairs[at]);
  }
  return run;
}

class Pairer {
 public:
  Pairer(const Side& down, const Side& up) : down_side_(down), up_side_(up), down_(pointers(down)), up_(pointers(up)) {}

  void alone(const Key& key) {
    by(key, true, [](const CallOfSide&) { return true; });
  }
  std::size_t pairs() const { return pairing_.groups.size(); }
  // What the calls that stand alone on each side say of the captures. So many of them are paired by a number of the call.
  void find_cover(std::size_t numbered);
  void equal(const Key& key) {
    by(key, false, [](const CallOfSide&) { return true; });
  }
  // Of calls that the other capture must have.
  void covered(const Key& key, bool alone) {
    by(key, alone, [this](const CallOfSide& call) { return covers(call); });
  }
  Pairing take();

 private:
  template <typename Of>
  void by(const Key& key, bool alone, Of of);
  void match(Group equal);
  bool proves_itself(const std::vector<Group>& run) const;
  bool covers(const CallOfSide& call) const {
    return (&call >= down_side_.calls().data() && &call < down_side_.calls().data() + down_side_.calls().size())
               ? pairing_.down_cover.holds(call)
               : pairing_.up_cover.holds(call);
  }
  void leave_matched(Calls& calls) const {
    std::erase_if(calls, [this](const CallOfSide* call) { return matched_.contains(call); });
  }

  const Side& down_side_;
  const Side& up_side_;
  Calls down_, up_;  // without a counterpart
  std::set<const CallOfSide*> matched_;
  Pairing pairing_;
};

template <typename Of>
void Pairer::by(const Key& key, bool alone, Of of) {
  const Key restricted = [&](const CallOfSide& call) { return of(call) ? key(call) : std::nullopt; };
  for (auto& [digest, equal] : grouped(down_, up_, restricted)) {
    if (equal.down.empty() || equal.up.empty()) continue;
    if (!alone || (equal.down.size() == 1 && equal.up.size() == 1)) match(std::move(equal));
  }
  leave_matched(down_);
  leave_matched(up_);
}

// Whole answers, and OK, first: what is left over when one side has more is most likely an attempt that failed.
void Pairer::match(Group equal) {
  Group group;
  const auto pair = [&](const CallOfSide* down, const CallOfSide* up) {
    group.down.push_back(down);
    group.up.push_back(up);
    matched_.insert({down, up});
  };
  const auto all_covered = [this](const Calls& calls) {
    return std::ranges::all_of(calls, [this](const CallOfSide* call) { return covers(*call); });
  };
  group.trusted = equal.down.size() == equal.up.size() && all_covered(equal.down) && all_covered(equal.up);
  const auto misfortune = [this](const CallOfSide* call) {
    return std::tuple{!covers(*call), call->status != 0, !call->response.ended};
  };
  std::ranges::stable_sort(equal.down, {}, misfortune);
  std::ranges::stable_sort(equal.up, {}, misfortune);
  for (auto& [digest, same] : grouped(equal.down, equal.up, answer_digest)) {
    for (std::size_t i = 0; i < std::min(same.down.size(), same.up.size()); ++i) pair(same.down[i], same.up[i]);
  }
  leave_matched(equal.down);
  leave_matched(equal.up);
  for (std::size_t i = 0; i < std::min(equal.down.size(), equal.up.size()); ++i) pair(equal.down[i], equal.up[i]);
  pairing_.groups.push_back(std::move(group));
}

// By chance a few pairs may be wrong, and even stand in the same order; not so most of many, or all that there are.
bool Pairer::proves_itself(const std::vector<Group>& run) const {
  const std::size_t pairs = pairing_.groups.size();
  const bool all = run.size() == down_side_.calls().size() && run.size() == up_side_.calls().size();
  return all || (run.size() >= kRunLeast && 5 * run.size() >= 4 * pairs);
}

// What is paired by a number of the call stands first.
void Pairer::find_cover(std::size_t numbered) {
  std::vector<Group> run = in_same_order(pairing_.groups);
  if (!proves_itself(run)) {
    const auto first = pairing_.groups.begin();
    run = in_same_order({first, first + static_cast<std::ptrdiff_t>(numbered)});
  }
  Calls down, up;
  for (const Group& pair : run) {
    down.push_back(pair.down.front());
    up.push_back(pair.up.front());
  }
  if (!down_side_.incomplete() && !up_side_.incomplete() && down_side_.calls_beyond_limit() + up_side_.calls_beyond_limit() == 0) {
    pairing_.down_cover = Cover(down);
    pairing_.up_cover = Cover(up);
  }
  const std::set<const CallOfSide*> sure(down.begin(), down.end());
  for (Group& group : pairing_.groups) {
    group.trusted = sure.contains(group.down.front()) || (covers(*group.down.front()) && covers(*group.up.front()));
  }
}

Pairing Pairer::take() {
  for (auto& [digest, left] : grouped(down_, up_, requests_digest)) {
    pairing_.unmatched.push_back({std::move(left.down), std::move(left.up), {}, {}});
  }
  std::map<std::uint64_t, Unmatched*> by_contents;
  for (Unmatched& left : pairing_.unmatched) {
    by_contents[requests_digest(left.down.empty() ? *left.up.front() : *left.down.front())] = &left;
  }
  const auto add_equals = [&](const Side& side, Calls Unmatched::*to) {
    for (const CallOfSide& call : side.calls()) {
      const auto it = by_contents.find(requests_digest(call));
      if (it != by_contents.end()) (it->second->*to).push_back(&call);
    }
  };
  add_equals(down_side_, &Unmatched::all_down);
  add_equals(up_side_, &Unmatched::all_up);
  return std::move(pairing_);
}

std::optional<std::uint64_t> same_first_message(const CallOfSide& call) {
  if (call.request.messages.empty()) return std::nullopt;
  Digest digest;
  digest.add_whole(call.path);
  digest.add_number(call.request.messages.front().content);
  return digest.value();
}

std::optional<std::uint64_t> same_answer(const CallOfSide& call) {
  if (call.response.messages.empty()) return std::nullopt;
  Digest digest;
  digest.add_whole(call.path);
  digest.add_number(answer_digest(call));
  return digest.value();
}

}  // namespace

Cover::Cover(const Calls& in_both) {
  for (const CallOfSide* call : in_both) {
    since_ = std::min(since_.value_or(call->ended), call->ended);
    until_ = std::max(until_.value_or(call->started), call->started);
  }
}

// From the surest to the weakest. Where a hop has changed something, what it left unchanged tells.
Pairing pair_by_content(const Side& downstream, const Side& upstream) {
  const CommonMetadata metadata(downstream, upstream);
  Pairer pairer(downstream, upstream);
  pairer.alone(metadata.number());
  const std::size_t numbered = pairer.pairs();
  pairer.alone(metadata.everything());
  pairer.find_cover(numbered);
  pairer.equal(metadata.everything());
  pairer.covered(metadata.rare(), true);
  pairer.covered(requests_digest, false);
  pairer.covered(same_first_message, true);
  pairer.covered(same_answer, true);
  return pairer.take();
}

}  // namespace testigo::check::hop
