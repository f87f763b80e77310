#include "verdict/horizon.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "verdict/testing/evidence_builder.h"

namespace testigo::verdict::testing {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;

// A run whose calls lie so far apart that each begins more than deadline + 1 s after the one before.
EvidenceBuilder slow_run() { return EvidenceBuilder(1, 4, 10s); }

TEST(Horizon, EndRecordMeansThatSilenceIsDenial) {
  EvidenceBuilder builder;
  builder.call("client1", 5).server_none();
  EXPECT_EQ(broken(judge(builder.build())), "8");
}

TEST(Horizon, WithoutEndRecordALaterCallOfTheClientMeansDenial) {
  EvidenceBuilder builder;
  builder.server_without_end().call("client1", 4).server_none();
  EXPECT_EQ(broken(judge(builder.build())), "8");
}

TEST(Horizon, LaterCallsOfAnotherClientDoNot) {
  EvidenceBuilder builder;
  builder.server_without_end().call("client1", 5).server_none();
  const Verdict verdict = judge(builder.build());
  EXPECT_EQ(verdict.outcome, Outcome::Inconclusive);
  EXPECT_EQ(inconclusive(verdict), "4 8");
  EXPECT_EQ(claim(verdict, 8).because, "the server's statements end too early");
}

TEST(Horizon, ServersFileCutInTheMiddle) {
  EvidenceBuilder builder;
  builder.server_without_end();
  for (ScriptedCall& call : builder.calls()) {
    if (call.id.number >= 3) call.server_none();
  }
  EXPECT_EQ(inconclusive(judge(builder.build())), "4 8");
}

TEST(Horizon, ClientsFileCutInTheMiddle) {
  EvidenceBuilder builder;
  builder.client_without_end("client1");
  for (ScriptedCall& call : builder.calls()) {
    if (call.id.client == "client1" && call.id.number >= 3) call.client_silent();
  }
  const Verdict verdict = judge(builder.build());
  EXPECT_EQ(broken(verdict), "-");
  EXPECT_EQ(inconclusive(verdict), "2 3 5 8");
  EXPECT_EQ(claim(verdict, 2).because, "a client's statements end too early");
  EXPECT_EQ(claim(verdict, 2).exhibits_total, 3U);
}

TEST(Horizon, ClientsCallInFlightIsListed) {
  EvidenceBuilder builder;
  builder.client_without_end("client1").call("client1", 5).ended.reset();
  builder.call("client1", 5).wire(Ending::StillOpen).server_never_ends();
  const Verdict verdict = judge(builder.build());
  EXPECT_EQ(verdict.outcome, Outcome::Proven);
  EXPECT_EQ(verdict.calls, 9U);
  EXPECT_THAT(verdict.in_flight, Contains("client1/p-client1/5"));
}

TEST(Horizon, ClientThatWentOnLongEnoughDeniesTheEnd) {
  EvidenceBuilder builder = slow_run();
  builder.client_without_end("client1").call("client1", 3).ended.reset();
  EXPECT_EQ(broken(judge(builder.build())), "2");
}

TEST(Horizon, EndOfTheServerInFlight) {
  EvidenceBuilder builder;
  builder.server_without_end().call("client1", 5).server_never_ends();
  const Verdict verdict = judge(builder.build());
  EXPECT_EQ(verdict.outcome, Outcome::Proven);
  EXPECT_THAT(verdict.in_flight, Contains("client1/p-client1/5"));
  EXPECT_THAT(verdict.notes, Contains(HasSubstr("no end record")));
}

TEST(Horizon, ServerThatLivedOnDeniesTheEnd) {
  EvidenceBuilder builder = slow_run();
  builder.server_without_end().call("client1", 3).server_never_ends();
  EXPECT_EQ(broken(judge(builder.build())), "8");
}

TEST(Horizon, ServersEndMissingLongBeforeTheClientsIsACut) {
  EvidenceBuilder builder = slow_run();
  builder.server_without_end().call("client1", 3).server_never_ends();
  builder.call("client1", 4).client_fails(14).wire_none().server_none();
  const Verdict verdict = judge(builder.build());
  EXPECT_EQ(broken(verdict), "2");
  EXPECT_EQ(inconclusive(verdict), "4 8");
}

TEST(Horizon, ServerKilledForGood) {
  EvidenceBuilder builder;
  builder.server_without_end();
  for (ScriptedCall& call : builder.calls()) {
    if (call.id.number == 3) call.client_fails(14).wire(Ending::ConnectionLost).server_never_ends();
    if (call.id.number > 3) call.client_fails(14).wire_none().server_none();
  }
  const Verdict verdict = judge(builder.build());
  EXPECT_EQ(broken(verdict), "2");
  EXPECT_EQ(inconclusive(verdict), "-");
}

TEST(Horizon, ServerKilledAndStartedAgain) {
  EvidenceBuilder builder;
  builder.restart_server_from(4);
  for (const char* client : {"client1", "client2"})
    builder.call(client, 3).client_fails(14).wire(Ending::ConnectionLost).server_none();
  const Verdict verdict = judge(builder.build());
  EXPECT_EQ(broken(verdict), "2");
  EXPECT_EQ(claim(verdict, 2).exhibits_total, 2U);
}

TEST(Horizon, DamagedFileDeniesNothing) {
  EvidenceBuilder builder;
  builder.middle().server_none();
  Evidence evidence = builder.build();
  evidence.servers[0].damaged_lines = 2;
  EXPECT_EQ(inconclusive(judge(evidence)), "4 8");
  EXPECT_EQ(broken(judge(evidence)), "-");

  EvidenceBuilder other;
  other.middle().client_silent();
  evidence = other.build();
  evidence.clients[0].damaged_lines = 2;
  EXPECT_EQ(inconclusive(judge(evidence)), "2 3 5 8");
}

TEST(Horizon, AbsurdTimesDoNoHarm) {
  for (const Duration absurd : {Duration::min(), Duration::max()}) {
    EvidenceBuilder builder;
    builder.server_without_end().client_without_end("client1");
    builder.call("client1", 5).ended.reset();
    builder.call("client1", 4).ended->latency = absurd;
    builder.call("client1", 4).server_never_ends();
    Evidence evidence = builder.build();
    for (auto* readings : {&evidence.clients, &evidence.servers}) {
      for (auto& line : readings->front().testimonies.front().lines) line.statement.monotonic = absurd;
      readings->front().testimonies.front().lines[0].statement.monotonic = Duration::zero();
    }
    evidence.clients[0].testimonies[0].start.deadline = absurd;
    evidence.clients[0].testimonies[0].start.period = absurd;
    EXPECT_NE(judge(evidence).outcome, Outcome::Proven);
  }
}

}  // namespace
}  // namespace testigo::verdict::testing
