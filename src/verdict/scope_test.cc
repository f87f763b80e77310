#include "verdict/scope.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "verdict/testing/evidence_builder.h"

namespace testigo::verdict::testing {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

TEST(Scope, ClientsFileMissing) {
  EvidenceBuilder builder;
  const Verdict verdict = judge(builder.no_client("client2").build());
  EXPECT_EQ(inconclusive(verdict), "2 3 5 8");
  EXPECT_EQ(broken(verdict), "-");
  EXPECT_EQ(claim(verdict, 2).because, "the client's statements of 5 calls are missing");
  EXPECT_EQ(verdict.calls, 5U);
}

TEST(Scope, ServerIsJudgedWithoutTheClientToo) {
  EvidenceBuilder builder;
  ScriptedCall& call = builder.no_client("client2").call("client2", 3);
  call.received.push_back(call.received[0]);
  EXPECT_EQ(broken(judge(builder.build())), "4");
  builder.call("client2", 3).server_none().wire(Ending::ResetByClient);
  EXPECT_EQ(broken(judge(builder.build())), "4");
}

TEST(Scope, CallsOfOthersAtAServerThatRanBefore) {
  EvidenceBuilder builder;
  for (std::uint64_t number = 1; number <= 5; ++number) builder.call("client2", number).wire_none();
  const Verdict verdict = judge(builder.no_client("client2").build(), {.tolerance = {}, .since = {}, .others_out_of_scope = true});
  EXPECT_EQ(verdict.outcome, Outcome::Proven);
  EXPECT_EQ(verdict.out_of_scope, 5U);
  EXPECT_THAT(verdict.notes, ElementsAre("5 calls out of scope, counted and not judged",
                                         "calls of clients that are not in the evidence are out of scope (--shared-server): 5"));
}

TEST(Scope, Since) {
  EvidenceBuilder builder;
  builder.call("client1", 1).client_fails(14).server_none();
  builder.call("client2", 2).server_none();
  EXPECT_EQ(judge(builder.build()).outcome, Outcome::Broken);
  std::vector<std::string> told;
  const Verdict verdict = judge(builder.build(), {.tolerance = {}, .since = Time{10s + 250ms}, .others_out_of_scope = false}, {},
                                [&](const statement::CallId& id) { told.push_back(id.client + " " + std::to_string(id.number)); });
  EXPECT_THAT(told, UnorderedElementsAre("client1 1", "client1 2", "client2 1", "client2 2"));
  EXPECT_EQ(verdict.outcome, Outcome::Proven);
  EXPECT_EQ(verdict.calls, 6U);
  EXPECT_EQ(verdict.out_of_scope, 4U);
  EXPECT_EQ(verdict.clients[0].calls, 3U);
  EXPECT_THAT(verdict.notes, Contains("calls before 1970-01-01T00:00:10.250000000Z are out of scope (--since): 4"));
}

TEST(Scope, WhichFileTakesCallsOutOfItIsTold) {
  EvidenceBuilder builder;
  JudgeOptions options;
  options.since = Time{10s + 250ms};
  options.since_of = "judge.json";
  options.others_out_of_scope = true;
  options.others_of = "run.json";
  EXPECT_THAT(judge(builder.no_client("client2").build(), options).notes,
              ElementsAre("7 calls out of scope, counted and not judged",
                          "calls before 1970-01-01T00:00:10.250000000Z are out of scope (--since, of judge.json): 2",
                          "calls of clients that are not in the evidence are out of scope (--shared-server, of run.json): 5"));
  options.since = Time{1s};
  EXPECT_THAT(judge(EvidenceBuilder().build(), options).notes, IsEmpty());
}

TEST(Scope, SinceAfterEverything) {
  const Verdict verdict = judge(EvidenceBuilder().build(), {.tolerance = {}, .since = Time{1h}, .others_out_of_scope = false});
  EXPECT_EQ(inconclusive(verdict), "1 2 3 4 5 6 7 8");
}

void lose_beginning(statement::Testimony& testimony, std::size_t lines) {
  testimony.lines.erase(testimony.lines.begin(), testimony.lines.begin() + static_cast<std::ptrdiff_t>(lines));
  testimony.beginning_lost = testimony.start.continues = true;
}

TEST(Scope, RotationDeletedTheClientsBeginning) {
  Evidence evidence = EvidenceBuilder().build();
  lose_beginning(evidence.clients[0].testimonies[0], 3);  // call 1, and the start of call 2
  const Verdict verdict = judge(evidence);
  EXPECT_EQ(verdict.outcome, Outcome::Proven);
  EXPECT_EQ(verdict.out_of_scope, 2U);
  EXPECT_EQ(verdict.calls, 8U);
}

TEST(Scope, RotationDeletedTheServersBeginning) {
  Evidence evidence = EvidenceBuilder().build();
  lose_beginning(evidence.servers[0].testimonies[0], 6);  // calls 1 of both, received by both of calls 2
  const Verdict verdict = judge(evidence);
  EXPECT_EQ(verdict.outcome, Outcome::Proven);
  EXPECT_EQ(verdict.out_of_scope, 4U);
}

// Otherwise a client whose calls all failed would vanish behind a server's rotated file, and the rest be proven.
TEST(Scope, RotationHidesNoFailureThatTheClientStates) {
  EvidenceBuilder builder;
  for (std::uint64_t number = 1; number <= 5; ++number) builder.call("client2", number).client_fails(14).wire_none().server_none();
  Evidence evidence = builder.build();
  lose_beginning(evidence.servers[0].testimonies[0], 0);
  const Verdict verdict = judge(evidence);
  EXPECT_NE(broken(verdict).find('2'), std::string::npos);
  EXPECT_EQ(broken(verdict).find('8'), std::string::npos);
  EXPECT_EQ(verdict.calls, 10U);
}

TEST(Scope, AClientThatMadeNoCallIsNoProof) {
  EvidenceBuilder builder;
  Evidence evidence = builder.build();
  statement::Testimony& silent = evidence.clients[1].testimonies[0];
  silent.lines.clear();
  silent.end.reset();
  evidence.servers.clear();
  EXPECT_NE(inconclusive(judge(evidence)).find('5'), std::string::npos);
  EXPECT_NE(claim(judge(evidence), 2).outcome, Outcome::Proven);
}

TEST(Scope, FewerClientsThanWereStarted) {
  JudgeOptions options;
  options.clients_started = 3;
  const Verdict verdict = judge(EvidenceBuilder().build(), options);
  EXPECT_EQ(inconclusive(verdict), "2 3 5 8");
  EXPECT_EQ(claim(verdict, 2).because, "3 clients were started, and 2 testify");
}

TEST(Scope, AClientThatWasKilledHasNotSaidAll) {
  const Evidence evidence = EvidenceBuilder().client_without_end("client1").build();
  JudgeOptions options;
  options.clients_started = 2;
  EXPECT_EQ(judge(evidence, options).outcome, Outcome::Proven);  // the run may still go on
  options.run_ended = true;
  const Verdict verdict = judge(evidence, options);
  EXPECT_EQ(inconclusive(verdict), "2 3 5 8");
  EXPECT_EQ(claim(verdict, 2).because, "client1 did not come to its end: what it had to say yet is missing");
  options.clients_started = 0;  // they were none of the run's own
  EXPECT_EQ(judge(evidence, options).outcome, Outcome::Proven);
}

TEST(Scope, WhatRotationKeptIsJudged) {
  EvidenceBuilder builder;
  builder.call("client1", 4).server_none();
  Evidence evidence = builder.build();
  lose_beginning(evidence.servers[0].testimonies[0], 4);
  EXPECT_EQ(broken(judge(evidence)), "8");
}

TEST(Scope, ConnectionWhoseBeginningTheWireDoesNotHold) {
  EvidenceBuilder builder;
  for (std::uint64_t number = 1; number <= 2; ++number) builder.call("client1", number).wire_none();
  Evidence evidence = builder.build();
  WireConnection late;
  late.view.number = 9;
  late.view.from_start = false;
  evidence.wire->connections.push_back(late);
  const Verdict verdict = judge(evidence);
  EXPECT_EQ(verdict.outcome, Outcome::Proven);
  EXPECT_EQ(verdict.out_of_scope, 2U);
  EXPECT_EQ(verdict.calls, 8U);

  // A call that the wire should have seen, for it saw earlier ones of that client.
  builder.call("client1", 4).wire_none();
  Evidence gone = builder.build();
  gone.wire->connections.push_back(late);
  EXPECT_EQ(inconclusive(judge(gone)), "8");
}

TEST(Scope, ConnectionThatCarriedEarlierCallsOnlyIsNotJudged) {
  EvidenceBuilder builder;
  builder.call("client1", 1).streams[0].call.place.connection = 7;
  Evidence evidence = builder.build();
  WireConnection& odd = evidence.wire->connections.emplace_back(whole_connection(7));
  odd.server_settings_packet = 0;
  EXPECT_EQ(broken(judge(evidence)), "6");
  EXPECT_EQ(broken(judge(evidence, {.tolerance = {}, .since = Time{10s + 150ms}, .others_out_of_scope = false})), "-");
}

}  // namespace
}  // namespace testigo::verdict::testing
