// A test for each row of the table in docs/formats/verdict.md.
#include "verdict/truth_table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "verdict/testing/evidence_builder.h"

namespace testigo::verdict::testing {
namespace {

using statement::Kind;
using ::testing::HasSubstr;

// The claims that are broken; none is inconclusive.
void expect_breaks(const EvidenceBuilder& builder, const std::string& claims) {
  const Verdict verdict = judge(builder.build());
  EXPECT_EQ(broken(verdict), claims);
  EXPECT_EQ(inconclusive(verdict), "-");
  EXPECT_EQ(verdict.outcome, claims == "-" ? Outcome::Proven : Outcome::Broken);
}

TEST(TruthTable, Row01Clean) {
  const Verdict verdict = judge(EvidenceBuilder().build());
  EXPECT_EQ(verdict.outcome, Outcome::Proven);
  EXPECT_EQ(verdict.claims.size(), 8U);
  EXPECT_EQ(verdict.calls, 10U);
  EXPECT_EQ(verdict.calls_on_wire, 10U);
  EXPECT_EQ(claim(verdict, 2).because, "10 of 10 calls answered with OK");
  ASSERT_EQ(verdict.clients.size(), 2U);
  EXPECT_EQ(verdict.clients[0].ok, 5U);
  for (const Claim& each : verdict.claims) EXPECT_FALSE(each.exhibits.empty()) << each.number << " points nowhere";
}

TEST(TruthTable, Row01CleanOfOtherKinds) {
  for (const Kind kind : {Kind::ClientStream, Kind::ServerStream, Kind::Bidi}) {
    EvidenceBuilder builder;
    for (ScriptedCall& call : builder.calls()) call.kind(kind);
    expect_breaks(builder, "-");
  }
}

TEST(TruthTable, Row02WrongName) {
  EvidenceBuilder builder;
  builder.middle().reply_names("somebody", 3);
  const Verdict verdict = judge(builder.build());
  EXPECT_EQ(broken(verdict), "3");
  EXPECT_THAT(
      claim(verdict, 3).because,
      HasSubstr("client1 call 3 received a reply that names somebody call 3, a call that nobody made (packet 311, stream 5)"));
}

TEST(TruthTable, Row02Swap) {
  EvidenceBuilder builder;
  builder.call("client1", 3).reply_names("client2", 3).server_ended[0].reply->client = "client2";
  builder.call("client2", 3).reply_names("client1", 3);
  const Verdict verdict = judge(builder.build());
  EXPECT_EQ(broken(verdict), "3");
  const Claim& third = claim(verdict, 3);
  ASSERT_EQ(third.exhibits.size(), 2U);
  EXPECT_EQ(third.exhibits[0].text, "client1 call 3 received the reply meant for client2 call 3 (packet 311, stream 5)");
  EXPECT_EQ(third.exhibits[1].text, "client2 call 3 received the reply meant for client1 call 3 (packet 321, stream 5)");
  EXPECT_EQ(third.exhibits[0].octets, "0a0b");
  EXPECT_EQ(third.exhibits[0].wire[0], (call::Place{311, 1, 5}));
  EXPECT_FALSE(third.exhibits[0].statements.empty());
  ASSERT_EQ(verdict.causes.size(), 1U);
  EXPECT_EQ(verdict.causes[0].id, "F27");
  EXPECT_EQ(verdict.causes[0].times, 2U);
}

TEST(TruthTable, Row02AnotherNumber) {
  EvidenceBuilder builder;
  builder.middle().reply_names("client1", 2);
  expect_breaks(builder, "3");
}

TEST(TruthTable, Row03ReplyDiffersAndTheWireShowsTheOwn) {
  EvidenceBuilder builder;
  builder.middle().ended->reply->client = "client2";
  const Verdict verdict = judge(builder.build());
  EXPECT_EQ(broken(verdict), "8");
  EXPECT_THAT(claim(verdict, 8).because, HasSubstr("reply is to client2 call 3 from server for the client, to client1 call 3"));
}

TEST(TruthTable, Row03ReplyDiffersAndTheWireShowsAnother) {
  EvidenceBuilder builder;
  builder.middle().streams[0].reply->client = "client2";
  expect_breaks(builder, "3 8");
}

TEST(TruthTable, Row04RefusedByTheServersLibrary) {
  EvidenceBuilder builder;
  builder.middle().client_fails(12).answer(12).server_none();
  expect_breaks(builder, "2");
}

TEST(TruthTable, Row04FailedByTheServer) {
  EvidenceBuilder builder;
  builder.middle().client_fails(5).answer(5);
  expect_breaks(builder, "2");
}

TEST(TruthTable, Row05ClientsStatus) {
  EvidenceBuilder builder;
  builder.middle().client_fails(5);
  expect_breaks(builder, "2 8");
}

TEST(TruthTable, Row05OkForTheClientAlone) {
  EvidenceBuilder builder;
  builder.middle().answer(5);
  expect_breaks(builder, "2 8");
}

TEST(TruthTable, Row05EachField) {
  const std::vector<std::pair<std::string, std::function<void(ScriptedCall&)>>> changes{
      {"client's method", [](auto& call) { call.started->method += "X"; }},
      {"server's method", [](auto& call) { call.received[0].method += "X"; }},
      {"wire's method", [](auto& call) { call.streams[0].call.path += "X"; }},
      {"client's kind", [](auto& call) { call.started->kind = Kind::ServerStream; }},
      {"server's kind", [](auto& call) { call.received[0].kind = Kind::Bidi; }},
      {"server's status", [](auto& call) { call.server_ended[0].status = 3; }},
      {"client's message", [](auto& call) { call.ended->message = "x"; }},
      {"server's message", [](auto& call) { call.server_ended[0].message = "x"; }},
      {"client's requests", [](auto& call) { call.ended->requests = 2; }},
      {"server's requests", [](auto& call) { call.server_ended[0].requests = 2; }},
      {"client's replies", [](auto& call) { call.ended->replies = 2; }},
      {"server's replies", [](auto& call) { call.server_ended[0].replies = 0; }},
      {"client's reply", [](auto& call) { call.ended->reply.reset(); }},
      {"client's replying server", [](auto& call) { call.ended->reply->server = "x"; }},
      {"server's reply", [](auto& call) { call.server_ended[0].reply->call = 9; }},
      {"server's reply, gone", [](auto& call) { call.server_ended[0].reply.reset(); }},
  };
  for (const auto& [name, change] : changes) {
    SCOPED_TRACE(name);
    EvidenceBuilder builder;
    change(builder.middle());
    expect_breaks(builder, "8");
  }
}

TEST(TruthTable, Row05MessagesAreComparedAsStatementsGiveThemBack) {
  EvidenceBuilder builder;
  builder.middle().client_fails(9, "odd \xef\xbf\xbd text").answer(9);
  builder.middle().streams[0].call.status_message = "odd \xff text";
  builder.middle().server_ended[0].message = "odd \xef\xbf\xbd text";
  EXPECT_EQ(broken(judge(builder.build())), "2");
}

TEST(TruthTable, Row05MessagesOfFailuresAreComparedWhereBothSaySomething) {
  EvidenceBuilder builder;
  ScriptedCall& call = builder.middle().client_fails(5, "text of the client's library").answer(5);
  call.server_ended[0].message = "";
  expect_breaks(builder, "2");
  call.server_ended[0].message = "not here";
  call.streams[0].call.status_message = "not here";
  call.ended->message = "not here";
  expect_breaks(builder, "2");
  call.ended->message = "not there";
  expect_breaks(builder, "2 8");
}

// As the server of grpc-js sends it; no library tells its caller.
TEST(TruthTable, Row05AMessageBesideOkNeedsNoWitness) {
  EvidenceBuilder builder;
  builder.middle().streams[0].call.status_message = "OK";
  expect_breaks(builder, "-");
  builder.middle().ended->message = "not here";
  expect_breaks(builder, "8");
}

TEST(TruthTable, Row11ServerDiedBeforeItReadWhatItsClientThenGaveUp) {
  EvidenceBuilder builder;
  builder.restart_server_from(4);
  builder.middle().client_fails(4).wire(Ending::ResetByClient).server_none();
  Evidence evidence = builder.build();
  EXPECT_EQ(broken(judge(evidence)), "2 4 8");
  evidence.wire->connections[0].server_left = true;
  EXPECT_EQ(broken(judge(evidence)), "2");
  builder.servers.front().ends = true;  // it lived on, and says so
  evidence = builder.build();
  evidence.wire->connections[0].server_left = true;
  EXPECT_EQ(broken(judge(evidence)), "2 4 8");
}

TEST(TruthTable, Row06ServerDown) {
  EvidenceBuilder builder;
  builder.middle().client_fails(14, "connection refused").wire_none().server_none();
  const Verdict verdict = judge(builder.build());
  EXPECT_EQ(broken(verdict), "2");
  EXPECT_EQ(claim(verdict, 2).because,
            "client1 call 3 ended with UNAVAILABLE (14): connection refused; the wire shows that nothing of it was sent");
}

TEST(TruthTable, Row06Refused) {
  EvidenceBuilder builder;
  builder.middle().client_fails(14).wire(Ending::Refused).server_none();
  expect_breaks(builder, "2");
}

TEST(TruthTable, Row06NotDelivered) {
  EvidenceBuilder builder;
  builder.middle().client_fails(4).wire(Ending::ResetByClient, false).server_none();
  expect_breaks(builder, "2");
}

TEST(TruthTable, Row07ReceivedThoughNeverSent) {
  EvidenceBuilder builder;
  builder.middle().client_fails(14).wire_none();
  expect_breaks(builder, "2 8");
  builder.middle().wire_none().server_never_ends();
  expect_breaks(builder, "2 8");
}

TEST(TruthTable, Row07AStreamMayBeReceivedWithItsHeaders) {
  for (const Kind kind : {Kind::Unary, Kind::Bidi}) {
    EvidenceBuilder builder;
    ScriptedCall& call = builder.middle().kind(kind).client_fails(4).wire(Ending::ResetByClient, false);
    call.streams[0].call.headers_delivered = true;
    call.streams[0].call.request.ended = false;
    expect_breaks(builder, kind == Kind::Unary ? "2 8" : "2");
  }
}

// The acknowledgement of a whole request may come after the client gave up: then *received* is no lie.
TEST(TruthTable, Row07AWholeRequestMayHaveArrivedUnacknowledged) {
  EvidenceBuilder builder;
  ScriptedCall& call = builder.middle().client_fails(4).wire(Ending::ResetByClient, false);
  call.streams[0].call.request.headers = call.streams[0].call.request.ended = true;
  expect_breaks(builder, "2");
  call.streams[0].call.ending = Ending::Refused;
  expect_breaks(builder, "2 8");
}

// The client leaves at its deadline, and the server's library answers the closed socket (gRPC C++: "14 Socket closed").
TEST(TruthTable, Row09TheServersLibraryAnswersAClosedSocket) {
  EvidenceBuilder builder;
  builder.middle().answer(14).client_fails(4).server_never_ends();
  expect_breaks(builder, "2 4");
  builder.middle().client_fails(14);  // the client took that answer: then somebody must have given it
  expect_breaks(builder, "2 8");
}

TEST(TruthTable, Row12AnotherServerThatDoesNotTestify) {
  EvidenceBuilder builder;
  ScriptedCall& call = builder.middle().server_none();
  expect_breaks(builder, "8");
  call.ended->reply->server = "server2";
  call.streams[0].reply->server = "server2";
  const Verdict verdict = judge(builder.build());
  EXPECT_EQ(broken(verdict), "-");
  EXPECT_EQ(inconclusive(verdict), "4 8");
}

TEST(TruthTable, AnUnknownStatusOnTheWireRefutesNothing) {
  EvidenceBuilder builder;
  builder.middle().streams[0].call.status.reset();
  EXPECT_EQ(broken(judge(builder.build())).find('2'), std::string::npos);
}

TEST(TruthTable, Row08Slow) {
  EvidenceBuilder builder;
  builder.middle().client_fails(4).wire(Ending::ResetByClient).server_ended[0].status = 1;
  expect_breaks(builder, "2");
}

TEST(TruthTable, Row08AnsweredAfterTheClientGaveUp) {
  for (const int own : {1, 4, 8, 13, 14}) {
    EvidenceBuilder builder;
    builder.middle().client_fails(own);
    expect_breaks(builder, "2");
  }
}

TEST(TruthTable, Row08TheServersLibraryKeepsTheDeadlineToo) {
  EvidenceBuilder builder;
  builder.middle().client_fails(4).answer(4).server_ended[0].status = 0;
  expect_breaks(builder, "2");
}

TEST(TruthTable, Row09Swallow) {
  EvidenceBuilder builder;
  builder.middle().client_fails(4).wire(Ending::ResetByClient).server_never_ends();
  const Verdict verdict = judge(builder.build());
  EXPECT_EQ(broken(verdict), "2 4");
  EXPECT_EQ(claim(verdict, 4).because, "the server received client1 call 3 and never ended it: no answer was sent");
}

TEST(TruthTable, Row09SwallowAndTheServersLibraryGivesItUp) {
  EvidenceBuilder builder;
  builder.middle().client_fails(4).answer(4).server_never_ends();
  expect_breaks(builder, "2 4");
}

TEST(TruthTable, Row10SwallowSilently) {
  EvidenceBuilder builder;
  builder.middle().client_fails(4).wire(Ending::ResetByClient).server_none();
  expect_breaks(builder, "2 4 8");
  builder.middle().wire(Ending::StillOpen);
  expect_breaks(builder, "2 4 8");
}

TEST(TruthTable, Row11ServerKilled) {
  for (const Ending ending : {Ending::ConnectionLost, Ending::ResetByServer, Ending::WithoutStatus}) {
    EvidenceBuilder builder;
    builder.middle().client_fails(14).wire(ending);
    expect_breaks(builder, "2");
    builder.middle().server_never_ends();
    expect_breaks(builder, "2");
    builder.middle().server_none();
    expect_breaks(builder, "2");
  }
}

TEST(TruthTable, Row12ReceivedDenied) {
  EvidenceBuilder builder;
  builder.middle().server_none();
  expect_breaks(builder, "8");
}

TEST(TruthTable, Row12EndedDenied) {
  EvidenceBuilder builder;
  builder.middle().server_never_ends();
  expect_breaks(builder, "8");
}

TEST(TruthTable, Row12EndedWithoutReceived) {
  EvidenceBuilder builder;
  builder.middle().received.clear();
  expect_breaks(builder, "8");
}

TEST(TruthTable, Row12EndedOfAProcessThatDied) {
  EvidenceBuilder builder;
  builder.restart_server_from(4).middle().server_never_ends();
  expect_breaks(builder, "-");
}

TEST(TruthTable, Row13Twice) {
  EvidenceBuilder builder;
  ScriptedCall& call = builder.middle();
  call.received.push_back(call.received[0]);
  call.server_ended.push_back(call.server_ended[0]);
  const Verdict verdict = judge(builder.build());
  EXPECT_EQ(broken(verdict), "4");
  EXPECT_EQ(claim(verdict, 4).because, "client1 call 3 was received 2 times by the server");
}

// A stream before the one that the call has.
void add_stream(ScriptedCall& call, Ending ending, bool delivered) {
  WireStream stream = call.streams[0];
  stream.call.place.stream += 100;
  stream.call.ending = ending;
  stream.call.status.reset();
  stream.call.request_delivered = stream.call.headers_delivered = delivered;
  stream.reply.reset();
  stream.state = state_of(stream.call, false);
  call.streams.insert(call.streams.begin(), stream);
}

TEST(TruthTable, Row14TransparentRetry) {
  EvidenceBuilder builder;
  add_stream(builder.middle(), Ending::Refused, false);
  const Verdict verdict = judge(builder.build());
  EXPECT_EQ(verdict.outcome, Outcome::Proven);
  EXPECT_EQ(verdict.calls, 10U);
  EXPECT_EQ(verdict.calls_on_wire, 11U);
}

TEST(TruthTable, Row14RetriedAndFailed) {
  EvidenceBuilder builder;
  ScriptedCall& call = builder.middle().client_fails(14).wire(Ending::Refused).server_none();
  add_stream(call, Ending::Refused, false);
  expect_breaks(builder, "2");
}

TEST(TruthTable, Row15DeliveredTwice) {
  EvidenceBuilder builder;
  ScriptedCall& call = builder.middle();
  add_stream(call, Ending::ConnectionLost, true);
  call.received.push_back(call.received[0]);
  call.server_ended.push_back(call.server_ended[0]);
  expect_breaks(builder, "4");
}

TEST(TruthTable, Row16NoTrailers) {
  for (const Ending ending :
       {Ending::WithoutStatus, Ending::ResetByServer, Ending::ConnectionLost, Ending::StillOpen, Ending::Refused}) {
    EvidenceBuilder builder;
    builder.middle().wire(ending);
    expect_breaks(builder, "8");
  }
  EvidenceBuilder builder;
  builder.middle().wire_none();
  expect_breaks(builder, "8");
}

TEST(TruthTable, Row17ClientDenies) {
  EvidenceBuilder builder;
  builder.middle().client_silent();
  expect_breaks(builder, "8");
  builder.middle().wire_none();
  expect_breaks(builder, "8");
  builder.middle().server_none();
  expect_breaks(builder, "8");  // its number is passed over
}

TEST(TruthTable, Row17StartedRemoved) {
  EvidenceBuilder builder;
  builder.middle().started.reset();
  expect_breaks(builder, "8");
}

TEST(TruthTable, Row17AddedToTheServer) {
  EvidenceBuilder builder;
  builder.add_call("client1", 6).client_silent().wire_none();
  expect_breaks(builder, "8");
}

TEST(TruthTable, Row18NeverEnded) {
  EvidenceBuilder builder;
  builder.middle().ended.reset();
  const Verdict verdict = judge(builder.build());
  EXPECT_EQ(broken(verdict), "2");
  EXPECT_EQ(claim(verdict, 2).because, "client1 call 3 was started and never ended, says its client");
}

struct BlindCase {
  std::string name;
  std::string breaks;
  std::string leaves_open;  // of claims 1 to 5 and 8
  std::function<void(ScriptedCall&)> change;
};

TEST(TruthTable, Row19Blind) {
  const std::vector<BlindCase> cases{
      {"1", "-", "6 7", [](ScriptedCall&) {}},
      {"2", "3", "6 7", [](ScriptedCall& call) { call.reply_names("client2", 3); }},
      {"4", "2", "6 7", [](ScriptedCall& call) { call.client_fails(5).answer(5); }},
      {"5", "2 8", "6 7", [](ScriptedCall& call) { call.client_fails(5); }},
      {"5, reply", "8", "6 7", [](ScriptedCall& call) { call.ended->reply->server = "x"; }},
      {"8", "2", "6 7", [](ScriptedCall& call) { call.client_fails(4); }},
      {"9", "2 4", "6 7", [](ScriptedCall& call) { call.client_fails(4).server_never_ends(); }},
      {"no line of the server", "2", "4 6 7", [](ScriptedCall& call) { call.client_fails(14).server_none(); }},
      {"12", "8", "6 7", [](ScriptedCall& call) { call.server_none(); }},
      {"12, ended", "8", "6 7", [](ScriptedCall& call) { call.server_never_ends(); }},
      {"13", "4", "6 7", [](ScriptedCall& call) { call.received.push_back(call.received[0]); }},
      {"17", "8", "6 7", [](ScriptedCall& call) { call.client_silent(); }},
      {"18", "2", "6 7", [](ScriptedCall& call) { call.ended.reset(); }},
  };
  for (const BlindCase& each : cases) {
    SCOPED_TRACE(each.name);
    EvidenceBuilder builder;
    each.change(builder.tls().middle());
    const Verdict verdict = judge(builder.build());
    EXPECT_EQ(broken(verdict), each.breaks);
    EXPECT_EQ(inconclusive(verdict), each.leaves_open);
  }
}

}  // namespace
}  // namespace testigo::verdict::testing
