#include "run/judged_once.h"

#include <algorithm>
#include <array>
#include <string_view>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "check/catalogue.h"

namespace testigo::run {
namespace {

using check::Id;

constexpr std::array kOnce = {Id::MG04, Id::MG06, Id::MG07, Id::EX01, Id::HD03, Id::HD04,
                              Id::HD06, Id::RQ06, Id::RQ11, Id::RQ12, Id::RQ14, Id::RS07};
constexpr std::size_t kFailuresKept = 10;

// All that is left open of this row has passed.
void pass(check::CheckCount& count) { count = {count.passed + count.not_judgeable, count.failed, 0, {}}; }

// How often that row failed where the evidence shows no failure.
std::uint64_t unseen_failures(const RowOnce& once, const check::CheckCount& count) {
  return once.failed > count.failed ? once.failed - count.failed : 0;
}

bool leaves_open_what_passed(const check::CheckCount& count, const RowOnce& once) {
  return once.failed == 0 && once.not_judgeable == 0 && count.outcome() == check::Outcome::NotJudgeable &&
         count.not_judgeable <= once.passed && count.passed <= once.passed - count.not_judgeable;
}

void add_failures(check::Tally& tally, const check::CheckInfo& row, const RowOnce& once, std::uint64_t unseen) {
  tally.counts[row.id].failed += unseen;
  tally.count(row.id, {unseen, 0, 0});
  tally.in_doubt.erase(row.id);
  for (const RowOnce::Failure& failure : once.failures) {
    if (unseen-- == 0) break;
    check::Finding finding;
    finding.check = row.id;
    finding.clause = row.clause;
    finding.spot.place = failure.place;
    finding.spot.time = failure.time;
    finding.text = failure.text;
    tally.findings.push_back(std::move(finding));
  }
}

}  // namespace

JudgedOnce judged_once(const check::Tally& tally) {
  JudgedOnce judged;
  for (const Id id : kOnce) {
    const std::string_view name = check::info(id).id;
    const auto row = tally.counts.find(name);
    if (row == tally.counts.end() || row->second.passed + row->second.failed == 0) continue;
    RowOnce& once = judged[std::string(name)];
    once.passed = row->second.passed;
    once.not_judgeable = row->second.not_judgeable;
    for (const check::Finding& finding : tally.findings) {
      if (finding.check != name || finding.severity != check::Severity::Error) continue;
      if (once.failures.size() < kFailuresKept) once.failures.push_back({finding.spot.place, finding.spot.time, finding.text});
    }
    once.failed = once.failures.empty() ? 0 : row->second.failed;
  }
  return judged;
}

std::string take_over_failures(const JudgedOnce& judged, check::Tally& tally) {
  std::vector<std::string_view> failed;
  for (const Id id : kOnce) {
    const check::CheckInfo& row = check::info(id);
    const auto once = judged.find(row.id);
    if (once == judged.end()) continue;
    const std::uint64_t unseen = unseen_failures(once->second, tally.counts[row.id]);
    if (unseen == 0) continue;
    add_failures(tally, row, once->second, unseen);
    failed.push_back(row.id);
  }
  if (failed.empty()) return {};
  return fmt::format("{} failed while the run went on; what that rests on is not in the evidence, but run.json says so",
                     fmt::join(failed, ", "));
}

std::string take_over_passes(const JudgedOnce& judged, check::Tally& tally,
                             std::map<call::ConnectionNumber, check::ConnectionTally>* connections) {
  std::vector<std::string_view> passed;
  for (const Id id : kOnce) {
    const std::string_view name = check::info(id).id;
    const auto once = judged.find(name);
    const auto count = tally.counts.find(name);
    if (once == judged.end() || count == tally.counts.end() || !leaves_open_what_passed(count->second, once->second)) continue;
    pass(count->second);
    tally.in_doubt.erase(name);
    passed.push_back(name);
    if (connections == nullptr) continue;
    for (auto& [number, of_connection] : *connections) {
      if (const auto at = of_connection.counts.find(name); at != of_connection.counts.end()) pass(at->second);
    }
  }
  if (passed.empty()) return {};
  return fmt::format("of {} stands here what the run judged: the capture does not hold all of it (message bodies, masked values)",
                     fmt::join(passed, ", "));
}

}  // namespace testigo::run
