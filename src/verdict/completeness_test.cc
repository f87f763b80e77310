#include "verdict/completeness.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "verdict/testing/evidence_builder.h"

namespace testigo::verdict::testing {
namespace {

TEST(Completeness, NumbersPassedOver) {
  EvidenceBuilder builder;
  for (const std::uint64_t number : {2U, 3U}) builder.call("client1", number).client_silent().wire_none().server_none();
  const Verdict verdict = judge(builder.build());
  EXPECT_EQ(broken(verdict), "8");
  EXPECT_EQ(claim(verdict, 8).because, "the statements of client1 pass over calls 2 to 3");
  EXPECT_EQ(claim(verdict, 8).exhibits[0].statements[0].file, "client1.jsonl");
}

TEST(Completeness, NumbersOfAnEvilFile) {
  EvidenceBuilder builder;
  builder.add_call("client1", std::numeric_limits<std::uint64_t>::max()).wire_none();
  builder.calls().back().at = 11s;
  EXPECT_EQ(judge(builder.build()).outcome, Outcome::Broken);
}

TEST(Completeness, EndRecordOfAClient) {
  Evidence evidence = EvidenceBuilder().build();
  std::get<statement::End>(evidence.clients[0].testimonies[0].end->statement.body).calls = 7;
  EXPECT_EQ(claim(judge(evidence), 8).because, "the end record of client1 counts 7 calls, and its last call is number 5");
}

TEST(Completeness, EndRecordOfAServer) {
  Evidence evidence = EvidenceBuilder().build();
  std::get<statement::End>(evidence.servers[0].testimonies[0].end->statement.body).calls = 7;
  EXPECT_EQ(inconclusive(judge(evidence)), "8");
}

TEST(Completeness, LineOfAnothersCall) {
  Evidence evidence = EvidenceBuilder().build();
  auto& lines = evidence.clients[0].testimonies[0].lines;
  lines.push_back(evidence.clients[1].testimonies[0].lines[0]);
  EXPECT_EQ(claim(judge(evidence), 8).because, "the file of client client1 states call client2/p-client2/1, which is not its own");
}

}  // namespace
}  // namespace testigo::verdict::testing
