#include "run/both_sides.h"

#include <algorithm>

#include "check/hop/hop_checks.h"

namespace testigo::run {
namespace {

bool meet(const std::set<std::string>& one, const std::set<std::string>& other) {
  return std::ranges::any_of(one, [&](const std::string& address) { return other.contains(address); });
}

// A hop is reached as a server at an address from which it connects to servers. True where only this fits.
bool stands_before(const check::hop::Side& down, const check::hop::Side& up) {
  return meet(down.servers(), up.clients()) && !meet(up.servers(), down.clients());
}

}  // namespace

report::Hop BothSides::judge(check::Judge& judge, const std::string& given, const std::string& other) const {
  report::Hop hop;
  const bool swapped = stands_before(other_, given_);
  hop.by_addresses = swapped || stands_before(given_, other_);
  hop.downstream = swapped ? other : given;
  hop.upstream = swapped ? given : other;
  judge.hear_other_side(false);  // places of findings that are about both say by themselves which side they are on
  hop.summary = swapped ? judge_hop(other_, given_, judge.of_run()) : judge_hop(given_, other_, judge.of_run());
  return hop;
}

}  // namespace testigo::run
