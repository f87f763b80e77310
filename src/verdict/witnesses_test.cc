// What a witness that is missing, cut or blind leaves open.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "verdict/testing/evidence_builder.h"

namespace testigo::verdict::testing {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;

Verdict judged(const EvidenceBuilder& builder) { return judge(builder.build()); }

TEST(Witnesses, NoServer) {
  const Verdict verdict = judged(EvidenceBuilder().no_server());
  EXPECT_EQ(inconclusive(verdict), "4 8");
  EXPECT_EQ(broken(verdict), "-");
  EXPECT_EQ(claim(verdict, 4).because, "there are no server's statements");
}

TEST(Witnesses, NoServerAndTheOthersDisagree) {
  EvidenceBuilder builder;
  builder.no_server().middle().ended->requests = 3;
  EXPECT_EQ(broken(judged(builder)), "8");
}

TEST(Witnesses, NoClient) {
  const Verdict verdict = judged(EvidenceBuilder().no_client("client1").no_client("client2"));
  EXPECT_EQ(inconclusive(verdict), "2 3 5 8");
  EXPECT_EQ(broken(verdict), "-");
  EXPECT_EQ(claim(verdict, 2).because, "there are no client's statements");
}

TEST(Witnesses, NoWire) {
  const Verdict verdict = judged(EvidenceBuilder().no_wire());
  EXPECT_EQ(inconclusive(verdict), "6 7 8");
  EXPECT_EQ(claim(verdict, 6).because, "there is no wire witness");
}

TEST(Witnesses, WireCut) {
  EvidenceBuilder builder;
  builder.call("client1", 5).wire_none();
  builder.call("client2", 5).wire(Ending::StillOpen);
  Evidence evidence = builder.build();
  EXPECT_EQ(broken(judge(evidence)), "8");
  evidence.wire->cut = true;
  EXPECT_EQ(broken(judge(evidence)), "-");
  EXPECT_EQ(inconclusive(judge(evidence)), "6 7 8");
}

// A capture without its mark counts up to its last packet, as statements without an end record do.
TEST(Witnesses, WireCutBehindAllCalls) {
  Evidence evidence = EvidenceBuilder().build();
  evidence.wire->cut = true;
  EXPECT_EQ(judge(evidence).outcome, Outcome::Proven);
}

TEST(Witnesses, WireCutBeforeCallsThatAreStillFresh) {
  EvidenceBuilder builder(2, 5, 1s);
  builder.call("client1", 5).wire_none();
  builder.call("client2", 5).wire(Ending::StillOpen);
  builder.client_without_end("client1").client_without_end("client2").server_without_end();
  Evidence evidence = builder.build();
  evidence.wire->cut = true;
  const Verdict verdict = judge(evidence);
  EXPECT_EQ(verdict.outcome, Outcome::Proven) << broken(verdict) << " / " << inconclusive(verdict);
  EXPECT_THAT(verdict.in_flight, ::testing::UnorderedElementsAre("client1/p-client1/5", "client2/p-client2/5"));
}

TEST(Witnesses, WireCutLongBeforeTheClientsLastLine) {
  EvidenceBuilder builder(1, 20, 1s);
  for (std::uint64_t number = 8; number <= 20; ++number) builder.call("client1", number).wire_none();
  builder.client_without_end("client1").server_without_end();
  Evidence evidence = builder.build();
  evidence.wire->cut = true;
  EXPECT_EQ(broken(judge(evidence)), "-");
  EXPECT_EQ(inconclusive(judge(evidence)), "6 7 8");
}

// One that listened in a run of its own may have come late, gone early, or been deaf to a client.
TEST(Witnesses, WireThatListenedApart) {
  EvidenceBuilder builder;
  builder.call("client1", 1).wire_none();
  Evidence evidence = builder.build();
  evidence.wire->apart = true;
  EXPECT_EQ(judge(evidence).outcome, Outcome::Proven);  // out of scope
  EXPECT_EQ(judge(evidence).out_of_scope, 1U);
  builder.call("client2", 5).wire_none();
  evidence = builder.build();
  evidence.wire->apart = true;
  EXPECT_EQ(broken(judge(evidence)), "-");
  EXPECT_EQ(inconclusive(judge(evidence)), "6 7 8");
  for (std::uint64_t number = 1; number <= 5; ++number) builder.call("client2", number).wire_none();
  evidence = builder.build();
  evidence.wire->apart = true;
  EXPECT_EQ(broken(judge(evidence)), "-");
  EXPECT_EQ(inconclusive(judge(evidence)), "6 7 8");
  builder.middle().wire_none();
  evidence = builder.build();
  evidence.wire->apart = true;
  EXPECT_EQ(broken(judge(evidence)), "8");
}

// A witness that was stopped and started again says nothing of what passed meanwhile.
TEST(Witnesses, WireThatPaused) {
  EvidenceBuilder builder;
  builder.middle().wire_none();
  Evidence evidence = builder.build();
  EXPECT_EQ(broken(judge(evidence)), "8");
  const auto at = [](std::uint64_t number) { return Time(std::chrono::seconds(number)); };
  for (WireStream& stream : evidence.wire->streams) stream.call.started = at(stream.id.number);
  evidence.wire->unheard = {{at(2), at(4)}};
  EXPECT_EQ(broken(judge(evidence)), "-");
  EXPECT_EQ(judge(evidence).outcome, Outcome::Inconclusive);
  // What lies on one side of it would have been seen, as ever.
  for (const auto& [from, to] : {std::pair(0, 2), std::pair(4, 5)}) {
    evidence.wire->unheard = {{at(from), at(to)}};
    EXPECT_EQ(broken(judge(evidence)), "8") << from;
  }
}

// What the wire shows of a later call of the same client, it would have shown of this one.
TEST(Witnesses, ACutCaptureStillDeniesWhatCameBefore) {
  EvidenceBuilder builder;
  builder.middle().wire_none();
  Evidence evidence = builder.build();
  evidence.wire->cut = true;
  EXPECT_EQ(broken(judge(evidence)), "8");
}

TEST(Witnesses, AStreamThatACutCaptureWentOnAfterIsOpen) {
  EvidenceBuilder builder;
  builder.middle().client_fails(4).wire(Ending::StillOpen).server_never_ends();
  Evidence evidence = builder.build();
  evidence.wire->cut = true;
  evidence.wire->last = Time{} + 500ms;
  EXPECT_EQ(broken(judge(evidence)), "2 4");  // blind: the server denies
  EXPECT_EQ(inconclusive(judge(evidence)), "6 7 8");
  evidence.wire->last = Time{} + 10s;
  EXPECT_EQ(broken(judge(evidence)), "2 4");
  EXPECT_EQ(inconclusive(judge(evidence)), "-");
}

TEST(Witnesses, WireUnreadable) {
  Evidence evidence = EvidenceBuilder().build();
  evidence.wire->trouble = "block 7 is longer than the file";
  const Verdict verdict = judge(evidence);
  EXPECT_EQ(inconclusive(verdict), "6 7 8");
  EXPECT_THAT(claim(verdict, 7).because, HasSubstr("block 7 is longer than the file"));
}

TEST(Witnesses, PacketsWereDropped) {
  EvidenceBuilder builder;
  builder.middle().wire_none();
  Evidence evidence = builder.build();
  evidence.wire->dropped = 3;
  EXPECT_EQ(broken(judge(evidence)), "-");
  EXPECT_EQ(inconclusive(judge(evidence)), "6 7 8");
}

TEST(Witnesses, GapInAConnection) {
  EvidenceBuilder builder;
  builder.middle().wire(Ending::ConnectionLost).streams[0].whole = false;
  Evidence evidence = builder.build();
  evidence.wire->connections[0].view.gap_to_client = true;
  const Verdict verdict = judge(evidence);
  EXPECT_EQ(broken(verdict), "-");
  EXPECT_EQ(inconclusive(verdict), "6 7 8");
}

TEST(Witnesses, Tls) {
  const Verdict verdict = judged(EvidenceBuilder().tls());
  EXPECT_EQ(inconclusive(verdict), "6 7");
  EXPECT_EQ(broken(verdict), "-");
  EXPECT_EQ(claim(verdict, 8).because, "client and server agree on 10 calls; the wire, under TLS, does not see them");
  EXPECT_THAT(verdict.notes, Contains(HasSubstr("claim 8 rests on two witnesses")));
}

TEST(Witnesses, NoReplyAtAll) {
  EvidenceBuilder builder;
  for (ScriptedCall& call : builder.calls()) call.client_fails(14).wire_none().server_none();
  const Verdict verdict = judged(builder);
  EXPECT_EQ(broken(verdict), "1 2");
  EXPECT_EQ(claim(verdict, 1).because, "none of 10 calls was answered");
  EXPECT_EQ(inconclusive(verdict), "3 4 6 7");
  EXPECT_EQ(claim(verdict, 3).because, "there was no reply");
}

TEST(Witnesses, CallsThatReachedTheServerAndOthers) {
  EvidenceBuilder builder;
  builder.first().client_fails(14).wire_none().server_none();
  builder.middle().client_fails(14).wire_none().server_none();
  EXPECT_EQ(claim(judged(builder), 4).because, "the server handled 8 calls once each; 2 were not received");
}

TEST(Witnesses, NobodyThere) {
  const Verdict verdict = judge({});
  EXPECT_EQ(verdict.outcome, Outcome::Inconclusive);
  EXPECT_EQ(inconclusive(verdict), "1 2 3 4 5 6 7 8");
}

TEST(Witnesses, NoCall) {
  const Verdict verdict = judged(EvidenceBuilder(2, 0));
  EXPECT_EQ(inconclusive(verdict), "1 2 3 4 5 6 7 8");
  EXPECT_THAT(claim(verdict, 1).because, HasSubstr("no call was made"));
}

TEST(Witnesses, AnsweredWithAFailureIsAnswered) {
  EvidenceBuilder builder;
  for (ScriptedCall& call : builder.calls()) call.client_fails(12).answer(12).server_none();
  const Verdict verdict = judged(builder);
  EXPECT_EQ(broken(verdict), "2");
  EXPECT_EQ(claim(verdict, 1).because, "10 of 10 calls were answered");
  EXPECT_EQ(claim(verdict, 4).because, "no call reached the server");
}

TEST(Witnesses, OneCallIsOne) {
  const Verdict verdict = judged(EvidenceBuilder(1, 1));
  EXPECT_EQ(claim(verdict, 1).because, "1 of 1 call was answered");
  EXPECT_EQ(claim(verdict, 3).because, "the only reply names the client and the call that asked");
}

TEST(Witnesses, ReplyThatNobodyCouldRead) {
  EvidenceBuilder builder;
  builder.middle().ended->reply.reset();
  builder.middle().streams[0].reply.reset();
  builder.middle().server_ended[0].reply.reset();
  EXPECT_EQ(inconclusive(judged(builder)), "3");
}

TEST(Witnesses, CausesOfTheWireArePassedThrough) {
  Evidence evidence = EvidenceBuilder().build();
  evidence.causes.push_back(
      {.id = "F31", .title = "t", .explanation = "", .fix = "", .suspected = false, .times = 1, .places = {}});
  EXPECT_EQ(judge(evidence).causes.size(), 1U);
}

// The one whose id could not be read may be the one that is missing.
TEST(Witnesses, AnIdThatCouldNotBeReadRefutesNobody) {
  EvidenceBuilder builder;
  builder.middle().wire_none();
  Evidence evidence = builder.build();
  EXPECT_EQ(broken(judge(evidence)), "8");
  evidence.wire->calls_unidentified = 1;
  const Verdict verdict = judge(evidence);
  EXPECT_EQ(broken(verdict), "-");
  EXPECT_EQ(inconclusive(verdict), "8");
}

}  // namespace
}  // namespace testigo::verdict::testing
