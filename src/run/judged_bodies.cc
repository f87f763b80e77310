#include "run/judged_bodies.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <vector>

#include <fmt/format.h>

namespace testigo::run {
namespace {

// Of those whose failure is an error: whether a compressed message can be decompressed.
constexpr std::array<std::string_view, 1> kOfBodies = {"MG04"};

// All that is left open of this row has passed.
void pass(check::CheckCount& count) { count = {count.passed + count.not_judgeable, count.failed, 0, {}}; }

bool holds_no_more(const check::CheckCount& count, std::uint64_t judged) {
  return count.not_judgeable <= judged && count.passed <= judged - count.not_judgeable;
}

}  // namespace

JudgedBodies judged_bodies(const check::Tally& tally) {
  JudgedBodies judged;
  for (const std::string_view id : kOfBodies) {
    const auto row = tally.counts.find(id);
    if (row != tally.counts.end() && row->second.outcome() == check::Outcome::Pass) judged.emplace(id, row->second.passed);
  }
  return judged;
}

std::string take_over(const JudgedBodies& judged, check::Tally& tally,
                      std::map<call::ConnectionNumber, check::ConnectionTally>* connections) {
  std::vector<std::string_view> taken;
  for (const auto& [id, passed] : judged) {
    const auto row = tally.counts.find(id);
    if (std::ranges::find(kOfBodies, id) == kOfBodies.end() || row == tally.counts.end()) continue;
    if (row->second.outcome() != check::Outcome::NotJudgeable || !holds_no_more(row->second, passed)) continue;
    pass(row->second);
    tally.in_doubt.erase(row->first);
    taken.push_back(row->first);
    if (connections == nullptr) continue;
    for (auto& [number, of_connection] : *connections) {
      if (const auto count = of_connection.counts.find(id); count != of_connection.counts.end()) pass(count->second);
    }
  }
  if (taken.empty()) return {};
  return fmt::format("the capture holds no message bodies: of {} stands here what the run judged while they passed",
                     fmt::join(taken, ", "));
}

}  // namespace testigo::run
