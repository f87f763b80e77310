#include "verdict/periodicity.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "verdict/testing/evidence_builder.h"

namespace testigo::verdict::testing {
namespace {

using ::testing::HasSubstr;

Claim fifth(const EvidenceBuilder& builder, std::optional<Duration> tolerance = {}) {
  return claim(judge(builder.build(), {.tolerance = tolerance, .since = {}, .others_out_of_scope = false}), 5);
}

TEST(Periodicity, OnTime) {
  const Claim claim = fifth(EvidenceBuilder());
  EXPECT_EQ(claim.outcome, Outcome::Proven);
  EXPECT_THAT(claim.because, HasSubstr("10 starts of 2 clients"));
}

TEST(Periodicity, WithinTheTolerance) {
  EvidenceBuilder builder;
  builder.middle().at += 20ms;  // the least tolerance, and 20 % of 100 ms
  builder.call("client1", 5).at -= 20ms;
  EXPECT_EQ(fifth(builder).outcome, Outcome::Proven);
  EXPECT_THAT(fifth(builder).because, ::testing::Not(HasSubstr("--tolerance")));
  EXPECT_THAT(fifth(builder, 2s).because, HasSubstr(" (--tolerance 2 s)"));
  EvidenceBuilder slow(1, 5, 1s);
  slow.middle().at += 200ms;
  EXPECT_EQ(fifth(slow).outcome, Outcome::Proven);
}

TEST(Periodicity, OneOfFiveIsLate) {
  EvidenceBuilder builder;
  builder.middle().at += 21ms;
  const Claim claim = fifth(builder);
  EXPECT_EQ(claim.outcome, Outcome::Broken);
  EXPECT_THAT(claim.because, HasSubstr("1 of 5 starts of client1 missed their place by more than 20"));
  EXPECT_THAT(claim.because, HasSubstr("the furthest is call 3"));
  EXPECT_EQ(claim.exhibits[0].call, "client1/p-client1/3");
  EXPECT_EQ(fifth(builder, 30ms).outcome, Outcome::Proven);
}

TEST(Periodicity, OneOfAHundredMayBeLate) {
  EvidenceBuilder builder(1, 100, 10ms);
  builder.call("client1", 50).at += 3s;
  EXPECT_EQ(fifth(builder).outcome, Outcome::Proven);
  builder.call("client1", 60).at += 3s;
  EXPECT_EQ(fifth(builder).outcome, Outcome::Broken);
}

TEST(Periodicity, FirstCallLateDoesNotMakeTheOthersEarly) {
  EvidenceBuilder builder(1, 100, 10ms);
  builder.first().at += 5ms;
  EXPECT_EQ(fifth(builder, 4ms).outcome, Outcome::Proven);
}

TEST(Periodicity, WrongRate) {
  EvidenceBuilder builder(1, 100, 100ms);
  for (ScriptedCall& call : builder.calls()) call.at = 10s + static_cast<int>(call.id.number) * 110ms;
  const Claim claim = fifth(builder);
  EXPECT_EQ(claim.outcome, Outcome::Broken);
  ASSERT_EQ(claim.exhibits.size(), 2U);
  EXPECT_THAT(claim.exhibits[1].text, HasSubstr("called every 110"));
}

TEST(Periodicity, OneCallIsNoPeriod) {
  EvidenceBuilder builder(1, 1);
  EXPECT_EQ(fifth(builder).outcome, Outcome::Inconclusive);
}

TEST(Periodicity, NoPeriodStated) {
  Evidence evidence = EvidenceBuilder().build();
  evidence.clients[1].testimonies[0].start.period.reset();
  const Verdict verdict = judge(evidence);
  EXPECT_EQ(inconclusive(verdict), "5");
  EXPECT_EQ(claim(verdict, 5).because, "client client2 states no period");
}

}  // namespace
}  // namespace testigo::verdict::testing
