#include "run/judged_bodies.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace testigo::run {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::Pair;

check::Tally tally(check::CheckCount of_bodies) {
  check::Tally tally;
  tally.counts["MG01"] = {.passed = 9, .failed = 0, .not_judgeable = 0, .reason = {}};
  tally.counts["MG04"] = of_bodies;
  if (of_bodies.not_judgeable != 0) tally.in_doubt.emplace("MG04", of_bodies.reason);
  return tally;
}

check::Tally open(std::uint64_t passed, std::uint64_t not_judgeable) { return tally({passed, 0, not_judgeable, "zeros"}); }

TEST(JudgedBodies, AreRowsThatPassedEachTime) {
  EXPECT_THAT(judged_bodies(tally({7, 0, 0, {}})), ElementsAre(Pair("MG04", 7)));
  EXPECT_THAT(judged_bodies(tally({7, 1, 0, {}})), IsEmpty());
  EXPECT_THAT(judged_bodies(open(7, 1)), IsEmpty());
  EXPECT_THAT(judged_bodies(tally({})), IsEmpty());
}

TEST(JudgedBodies, StandForWhatTheCaptureLeavesOpen) {
  for (const check::Tally& open_ones : {open(0, 7), open(3, 4), open(0, 1)}) {
    check::Tally taken = open_ones;
    EXPECT_THAT(take_over({{"MG04", 7}}, taken), Not(IsEmpty()));
    EXPECT_EQ(taken.counts["MG04"].outcome(), check::Outcome::Pass);
    EXPECT_EQ(taken.counts["MG04"].passed, open_ones.counts.at("MG04").passed + open_ones.counts.at("MG04").not_judgeable);
    EXPECT_THAT(taken.in_doubt, IsEmpty());
  }
}

TEST(JudgedBodies, StandOnEachConnectionToo) {
  check::Tally all = open(0, 7);
  std::map<call::ConnectionNumber, check::ConnectionTally> connections;
  connections[1].counts = open(0, 5).counts;
  connections[2].counts = open(0, 2).counts;
  connections[3].counts["MG01"].passed = 1;
  EXPECT_THAT(take_over({{"MG04", 7}}, all, &connections), Not(IsEmpty()));
  EXPECT_EQ(connections[1].counts["MG04"].passed, 5u);
  EXPECT_EQ(connections[2].counts["MG04"].outcome(), check::Outcome::Pass);
  EXPECT_EQ(connections[3].counts.size(), 1u);
}

TEST(JudgedBodies, ProveNothingThatTheRunDidNotJudge) {
  constexpr std::uint64_t kMost = ~std::uint64_t{0};
  for (const JudgedBodies& judged : {JudgedBodies{}, {{"MG04", 6}}, {{"MG01", 7}}}) {
    for (const check::Tally& open_ones : {open(3, 4), open(0, 7), open(kMost, 7), open(7, kMost)}) {
      check::Tally taken = open_ones;
      EXPECT_THAT(take_over(judged, taken), IsEmpty());
      EXPECT_EQ(taken.counts["MG04"].outcome(), check::Outcome::NotJudgeable);
      EXPECT_EQ(taken.in_doubt, open_ones.in_doubt);
    }
  }
}

TEST(JudgedBodies, ForgiveNoFailure) {
  check::Tally failed = tally({1, 1, 1, "zeros"});
  EXPECT_THAT(take_over({{"MG04", 7}}, failed), IsEmpty());
  EXPECT_EQ(failed.counts["MG04"].outcome(), check::Outcome::Fail);
  EXPECT_THAT(failed.in_doubt, Not(IsEmpty()));
}

TEST(JudgedBodies, AreNotTakenWhereTheCaptureHoldsThem) {
  check::Tally whole = tally({7, 0, 0, {}});
  EXPECT_THAT(take_over({{"MG04", 7}}, whole), IsEmpty());
  EXPECT_EQ(whole.counts["MG04"].passed, 7u);
}

}  // namespace
}  // namespace testigo::run
