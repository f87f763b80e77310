#include "verdict/judge.h"

#include <gtest/gtest.h>

#include "verdict/testing/evidence_builder.h"

namespace testigo::verdict::testing {
namespace {

TEST(Judge, OutcomeOfClaims) {
  const auto claims = [](std::initializer_list<Outcome> outcomes) {
    std::vector<Claim> made;
    for (const Outcome outcome : outcomes) made.emplace_back().outcome = outcome;
    return outcome_of(made);
  };
  EXPECT_EQ(claims({}), Outcome::Inconclusive);
  EXPECT_EQ(claims({Outcome::Proven}), Outcome::Proven);
  EXPECT_EQ(claims({Outcome::Proven, Outcome::Inconclusive}), Outcome::Inconclusive);
  EXPECT_EQ(claims({Outcome::Inconclusive, Outcome::Broken, Outcome::Proven}), Outcome::Broken);
}

TEST(Judge, TextsAreInert) {
  EvidenceBuilder builder;
  builder.middle().client_fails(5, "\x1b[2J").reply_names("\x1b[2J", 3);
  for (const Claim& claim : judge(builder.build()).claims) {
    EXPECT_EQ(claim.because.find('\x1b'), std::string::npos);
    for (const Exhibit& exhibit : claim.exhibits) EXPECT_EQ(exhibit.text.find('\x1b'), std::string::npos);
  }
}

TEST(Judge, KeepsTheFirstExhibitsAndCountsAll) {
  EvidenceBuilder builder(1, 100);
  for (ScriptedCall& call : builder.calls()) call.client_fails(4);
  const Verdict verdict = judge(builder.build());
  EXPECT_EQ(claim(verdict, 2).exhibits.size(), kExhibitsKept);
  EXPECT_EQ(claim(verdict, 2).exhibits_total, 100U);
  EXPECT_EQ(claim(verdict, 2).exhibits[1].call, "client1/p-client1/2");
}

TEST(Judge, TellsAllDifferences) {
  EvidenceBuilder builder(1, 100);
  for (ScriptedCall& call : builder.calls()) call.ended->latency += 1ns;  // nobody else saw that
  for (std::uint64_t number = 1; number <= 50; ++number) builder.call("client1", number).started->method = "/other";
  builder.call("client1", 60).server_none();
  builder.call("client1", 61).reply_names("client2", 61);  // row 2 breaks claim 3 alone
  std::vector<std::string> told;
  const Verdict verdict = judge(builder.build(), {}, [&](const statement::CallId& call, const Difference& difference) {
    told.push_back(std::to_string(call.number) + " " + difference.field);
    EXPECT_NE(difference.text, "");
  });
  ASSERT_EQ(told.size(), 51U);
  EXPECT_EQ(told[0], "1 method");
  EXPECT_EQ(told[49], "50 method");
  EXPECT_EQ(told[50], "60 ");
  EXPECT_EQ(claim(verdict, 8).exhibits_total, 51U);
  EXPECT_EQ(broken(judge(builder.build())), broken(verdict));
}

// A scan of the calls for each call would take minutes.
TEST(Judge, CopesWithManyCalls) {
  EvidenceBuilder builder(4, 25'000, 1ms);
  std::size_t i = 0;
  for (ScriptedCall& call : builder.calls()) {
    if (++i % 2 == 0) call.reply_names("client1", 1);
    if (i % 5 == 0) call.server_none();
  }
  const Verdict verdict = judge(builder.build());
  EXPECT_EQ(verdict.calls, 100'000U);
  EXPECT_EQ(broken(verdict), "3 8");
  EXPECT_EQ(claim(verdict, 8).exhibits_total, 20'000U);
}

}  // namespace
}  // namespace testigo::verdict::testing
