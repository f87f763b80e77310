#include "run/judged_once.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace testigo::run {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

check::Tally tally(std::string_view row, check::CheckCount count) {
  check::Tally tally;
  tally.counts["MG01"] = {.passed = 9, .failed = 0, .not_judgeable = 0, .reason = {}};
  tally.counts[row] = count;
  if (count.not_judgeable != 0) tally.in_doubt.emplace(row, count.reason);
  for (std::uint64_t i = 0; i < count.failed; ++i) {
    check::Finding& finding = tally.findings.emplace_back();
    finding.check = row;
    finding.spot.place = {7 + i, 1, 3};
    finding.text = "why";
    ++tally.errors;
  }
  return tally;
}

check::Tally open(std::uint64_t passed, std::uint64_t not_judgeable) { return tally("MG04", {passed, 0, not_judgeable, "zeros"}); }

JudgedOnce passed(std::uint64_t times) { return {{"MG04", {times, 0, 0, {}}}}; }

TEST(JudgedOnce, AreRowsOfBodiesAndOfWhatIsDeclared) {
  EXPECT_EQ(judged_once(tally("MG04", {7, 0, 0, {}})), passed(7));
  EXPECT_THAT(judged_once(tally("RQ04", {7, 1, 0, {}})), IsEmpty());
  EXPECT_THAT(judged_once(tally("MG04", {})), IsEmpty());
  const RowOnce once = judged_once(tally("EX01", {7, 12, 1, "why not"})).at("EX01");
  EXPECT_EQ(once.passed, 7u);
  EXPECT_EQ(once.failed, 12u);
  EXPECT_EQ(once.not_judgeable, 1u);
  EXPECT_THAT(once.failures, SizeIs(10));
  EXPECT_EQ(once.failures[1], (RowOnce::Failure{{8, 1, 3}, {}, "why"}));
}

TEST(JudgedOnce, StandForWhatTheCaptureLeavesOpen) {
  for (const check::Tally& open_ones : {open(0, 7), open(3, 4), open(0, 1)}) {
    check::Tally taken = open_ones;
    EXPECT_THAT(take_over_passes(passed(7), taken), HasSubstr("MG04"));
    EXPECT_EQ(taken.counts["MG04"].outcome(), check::Outcome::Pass);
    EXPECT_EQ(taken.counts["MG04"].passed, open_ones.counts.at("MG04").passed + open_ones.counts.at("MG04").not_judgeable);
    EXPECT_THAT(taken.in_doubt, IsEmpty());
  }
}

TEST(JudgedOnce, StandOnEachConnectionToo) {
  check::Tally all = open(0, 7);
  std::map<call::ConnectionNumber, check::ConnectionTally> connections;
  connections[1].counts = open(0, 5).counts;
  connections[2].counts = open(0, 2).counts;
  connections[3].counts["MG01"].passed = 1;
  EXPECT_THAT(take_over_passes(passed(7), all, &connections), Not(IsEmpty()));
  EXPECT_EQ(connections[1].counts["MG04"].passed, 5u);
  EXPECT_EQ(connections[2].counts["MG04"].outcome(), check::Outcome::Pass);
  EXPECT_EQ(connections[3].counts.size(), 1u);
}

TEST(JudgedOnce, ProveNothingThatTheRunDidNotJudge) {
  constexpr std::uint64_t kMost = ~std::uint64_t{0};
  const JudgedOnce failed = {{"MG04", {7, 1, 0, {}}}}, left_open = {{"MG04", {7, 0, 1, {}}}}, other = {{"EX01", {7, 0, 0, {}}}};
  for (const JudgedOnce& judged : {JudgedOnce{}, passed(6), failed, left_open, other}) {
    for (const check::Tally& open_ones : {open(3, 4), open(0, 7), open(kMost, 7), open(7, kMost)}) {
      check::Tally taken = open_ones;
      EXPECT_THAT(take_over_passes(judged, taken), IsEmpty());
      EXPECT_EQ(taken.counts["MG04"].outcome(), check::Outcome::NotJudgeable);
      EXPECT_EQ(taken.in_doubt, open_ones.in_doubt);
    }
  }
  check::Tally broken = tally("MG04", {1, 1, 1, "zeros"});
  EXPECT_THAT(take_over_passes(passed(7), broken), IsEmpty());
  EXPECT_EQ(broken.counts["MG04"].outcome(), check::Outcome::Fail);
}

TEST(JudgedOnce, WhatTheRunFoundBrokenStaysSo) {
  const JudgedOnce judged = judged_once(tally("EX01", {7, 12, 0, {}}));
  check::Tally again = tally("EX01", {0, 0, 3, "nothing was declared"});
  EXPECT_THAT(take_over_failures(judged, again), HasSubstr("EX01 failed"));
  EXPECT_EQ(again.counts["EX01"].failed, 12u);
  EXPECT_EQ(again.errors, 12u);
  EXPECT_EQ(again.grades.at("EX01")[0], 12u);
  EXPECT_THAT(again.in_doubt, IsEmpty());
  ASSERT_THAT(again.findings, SizeIs(10));
  EXPECT_EQ(again.findings[0].text, "why");
  EXPECT_EQ(again.findings[0].spot.place.packet, 7u);
  EXPECT_EQ(again.findings[0].check, "EX01");
  EXPECT_THAT(take_over_failures(judged, again), IsEmpty());
}

TEST(JudgedOnce, WhatTheEvidenceShowsIsNotCountedTwice) {
  check::Tally again = tally("MG04", {1, 2, 0, {}});
  EXPECT_THAT(take_over_failures(judged_once(tally("MG04", {1, 2, 0, {}})), again), IsEmpty());
  EXPECT_EQ(again.errors, 2u);
}

}  // namespace
}  // namespace testigo::run
