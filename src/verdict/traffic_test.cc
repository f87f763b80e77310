#include "verdict/traffic.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "call/fan.h"
#include "call/model.h"
#include "call/testing/conversation.h"
#include "call/testing/upgrade_conversation.h"
#include "check/judge.h"

namespace testigo::verdict {
namespace {

using namespace call::testing;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

struct Heard {
  Verdict verdict;
  check::Tally checks;
};

// Every conversation is a connection of its own.
Heard hear(Hearing hearing, const std::vector<Conversation>& conversations, const Limits& limits = {}) {
  check::Judge judge({}, hearing == Hearing::Tap ? check::Foreign::Judged : check::Foreign::PassedOver);
  TrafficWitness witness(hearing);
  call::Fan fan({&judge, &witness});
  call::Model model(fan, limits);
  for (std::size_t i = 0; i < conversations.size(); ++i) conversations[i].play(model, 0, i + 1);
  model.on_end();
  return {judge_traffic(witness.traffic(), judge.tally(), {}), judge.tally()};
}

Verdict overhear(const std::vector<Conversation>& conversations) { return hear(Hearing::Interface, conversations).verdict; }

Conversation ssh() { return Conversation().server(octets("SSH-2.0-x\r\n")).client(octets("SSH-2.0-OpenSSH_9.2p1 Debian\r\n")); }
Conversation http1() { return Conversation().client(octets("GET / HTTP/1.1\r\n\r\n")).server(octets("HTTP/1.1 200 OK\r\n\r\n")); }
Conversation tls() {
  return Conversation().client(octets(std::string("\x16\x03\x01\x02", 4))).server(octets(std::string("\x16\x03\x03\x02", 4)));
}
Conversation late() { return Conversation().not_from_start().client(octets("whatever")).server(octets("else")); }
Conversation silent() { return Conversation().client_closes().server_closes(); }
Conversation snappy() {
  Conversation c = greeted();
  c.client(headers(1, plus(request_fields(), "grpc-encoding", "snappy")), message(1, "x", EndStream::Yes, 1));
  return c.server(headers(1, response_fields()), message(1, "r"), headers(1, trailer_fields(), EndStream::Yes));
}
// Looks like frames, with an error in each, until the client speaks.
Conversation binary() {
  return Conversation()
      .server(octets(std::string("\0\0\x01\x06\0\0\0\0\x05"
                                 "x",
                                 10)))
      .client(octets("a protocol that nobody knows"));
}

TEST(Traffic, OfATapIsToBeGrpc) {
  EXPECT_EQ(hear(Hearing::Tap, {unary()}).verdict.outcome, Outcome::Proven);
  EXPECT_EQ(hear(Hearing::Tap, {unary(), http1()}).verdict.outcome, Outcome::Broken);
  EXPECT_EQ(hear(Hearing::Tap, {unary(), tls()}).verdict.outcome, Outcome::Inconclusive);
  EXPECT_EQ(hear(Hearing::Tap, {unary(), late()}).verdict.outcome, Outcome::Inconclusive);
  EXPECT_THAT(hear(Hearing::Tap, {unary(), late()}).verdict.notes, IsEmpty());
}

TEST(Traffic, OfOthersIsCountedAndNotJudged) {
  const Verdict verdict = overhear({unary(), ssh(), http1(), http1(), tls(), late(), silent(), binary()});
  EXPECT_EQ(verdict.outcome, Outcome::Proven) << verdict.claims.front().because;
  EXPECT_EQ(verdict.claims.front().because, "1 gRPC call on 1 connection, no check failed at error severity");
  EXPECT_THAT(verdict.notes,
              ElementsAre("1 connection is TLS, of which only the handshake can be judged: the wire shows ciphertext",
                          "4 connections do not speak HTTP/2 and were not judged",
                          "1 connection was not seen from its start and was not judged",
                          "1 connection was refused, or said too little to be judged"));
}

TEST(Traffic, CountsAConnectionThatWasTurnedOnce) {
  for (const bool turned : {false, true}) {
    TrafficWitness witness(Hearing::Interface);
    call::Model model(witness);
    late().play(model, 0, 1);
    if (turned) model.on_over(1, tcp::Over::Turned);
    late().play(model, 0, 2);
    model.on_end();
    EXPECT_EQ(witness.traffic().late_connections, turned ? 1u : 2u);
  }
}

TEST(Traffic, OfOthersYieldsNoFinding) {
  const check::Tally checks = hear(Hearing::Interface, {unary(), ssh(), http1(), tls(), silent(), binary()}).checks;
  EXPECT_THAT(checks.findings, IsEmpty());
  EXPECT_EQ(checks.errors + checks.warnings + checks.infos, 0u);
  for (const auto& [id, count] : checks.counts) {
    const bool declared = id == "MG06" || id == "MG07" || id == "EX01";  // by a user, and here is none
    EXPECT_EQ(count.not_judgeable, declared ? 1u : 0u) << id;
  }
}

// As claim 7 of `verify`: a row whose failure would break the claim, and that could not be judged, leaves it open.
TEST(Traffic, OfWhichARowCouldNotBeJudgedIsInDoubt) {
  for (const Hearing hearing : {Hearing::Tap, Hearing::Interface}) {
    const Heard heard = hear(hearing, {unary(), snappy()});
    ASSERT_EQ(heard.checks.counts.at("MG04").outcome(), check::Outcome::NotJudgeable);
    EXPECT_EQ(heard.verdict.outcome, Outcome::Inconclusive);
    EXPECT_THAT(heard.verdict.claims.front().because, HasSubstr("1 check not judgeable ("));
    EXPECT_THAT(heard.verdict.claims.front().because, HasSubstr("): MG04"));
  }
}

// Whatever keeps the rows of another connection from being judged, and whichever of them ended first.
TEST(Traffic, OfWhichARowCouldNotBeJudgedIsInDoubtBesideLateOnes) {
  for (const std::vector<Conversation>& conversations : {std::vector{snappy(), late()}, {late(), snappy()}}) {
    const Verdict verdict = overhear(conversations);
    EXPECT_EQ(verdict.outcome, Outcome::Inconclusive);
    EXPECT_EQ(verdict.claims.front().because, "1 check not judgeable (a coding that is not built in): MG04");
  }
}

// It is nobody's business here, as HTTP/1.1 is that stays HTTP/1.1.
TEST(Traffic, OfConnectionsWithoutGrpcRaisesNoDoubt) {
  const Verdict verdict = overhear({unary(), upgraded()});
  EXPECT_EQ(verdict.outcome, Outcome::Proven) << verdict.claims.front().because;
  EXPECT_EQ(overhear({upgraded()}).claims.front().because, "no gRPC call was seen");
  Conversation grpc = upgraded();
  const Verdict doubtful = overhear({unary(), grpc.call({.stream = 3})});
  EXPECT_EQ(doubtful.outcome, Outcome::Inconclusive);
  EXPECT_THAT(doubtful.claims.front().because, HasSubstr("was sent by HTTP/1.1"));
}

// What came before the client had said that it speaks HTTP/2 is told as soon as it has.
TEST(Traffic, OfMessagesThatWereNotKeptWholeIsInDoubtAndSaysSo) {
  Limits limits;
  limits.message_bytes_kept_all = 0;
  Conversation c = greeted();
  c.client(headers(1, plus(request_fields(), "grpc-encoding", "gzip")), data(1, std::string("\1\0\0\0\2x", 6)));
  c.client(data(1, "y", EndStream::Yes)).server(headers(1, trailers_only_fields("13"), EndStream::Yes));
  const Verdict verdict = hear(Hearing::Tap, {c}, limits).verdict;
  EXPECT_EQ(verdict.outcome, Outcome::Inconclusive);
  EXPECT_THAT(verdict.claims.at(0).because, HasSubstr("MG04"));
  EXPECT_THAT(verdict.notes,
              ElementsAre("1 message not kept whole: what is kept of all that are open at a time is 268435456 octets"));
}

TEST(Traffic, OfAServerThatSpeaksFirstIsJudged) {
  const Heard heard = hear(Hearing::Interface, {Conversation().server(ping('x')).client(preface(), settings())});
  EXPECT_EQ(heard.verdict.outcome, Outcome::Broken);
  ASSERT_EQ(heard.checks.findings.size(), 1u);
  EXPECT_EQ(heard.checks.findings.front().check, "CN03");
}

TEST(Traffic, OfAClientThatSpeaksHttp2AloneIsBroken) {
  const Verdict verdict =
      overhear({unary(), Conversation().client(preface(), settings()).server(octets("HTTP/1.1 400 Bad Request\r\n"))});
  EXPECT_EQ(verdict.outcome, Outcome::Broken);
  EXPECT_EQ(verdict.claims.front().because, "1 connection did not speak HTTP/2");
}

// No other protocol begins so.
TEST(Traffic, OfAClientWhosePrefaceIsBrokenIsBroken) {
  const Heard heard =
      hear(Hearing::Interface, {unary(), Conversation().client(octets("PRI * HTTP/2.0\r\n\r\nSM\r\n\r "), settings())});
  EXPECT_EQ(heard.verdict.outcome, Outcome::Broken);
  EXPECT_THAT(heard.verdict.notes, IsEmpty());
  ASSERT_EQ(heard.checks.findings.size(), 1u);
  EXPECT_EQ(heard.checks.findings.front().check, "CN01");
}

// What its client says then is for nobody.
TEST(Traffic, OfAServerThatDoesNotSpeakHttp2IsThatAlone) {
  const Heard heard =
      hear(Hearing::Interface,
           {Conversation().client(preface(), settings()).server(octets("HTTP/1.1 400 Bad Request\r\n")).client(settings_ack())});
  ASSERT_EQ(heard.checks.findings.size(), 1u);
  EXPECT_EQ(heard.checks.findings.front().check, "CN03");
}

TEST(Traffic, OfOthersAloneProvesNothing) {
  for (const Conversation& conversation : {ssh(), tls(), late(), silent()}) {
    const Verdict verdict = overhear({conversation});
    EXPECT_EQ(verdict.outcome, Outcome::Inconclusive);
    EXPECT_EQ(verdict.claims.front().because, "no connection was seen that could be judged");
    EXPECT_EQ(verdict.notes.size(), 1u);
  }
  EXPECT_EQ(overhear({}).claims.front().because, "no connection was seen that could be judged");
}

TEST(Traffic, OfWhichPacketsWereDroppedIsInconclusive) {
  Traffic traffic;
  traffic.hearing = Hearing::Interface;
  traffic.connections = traffic.http2_connections = traffic.calls = traffic.grpc_calls = 1;
  EXPECT_EQ(judge_traffic(traffic, {}, {}).outcome, Outcome::Proven);
  traffic.dropped_packets = 2;
  EXPECT_EQ(judge_traffic(traffic, {}, {}).outcome, Outcome::Inconclusive);
  EXPECT_EQ(judge_traffic(traffic, {}, {}).claims.front().because,
            "2 packets dropped before they could be read: not everything was seen");
}

TEST(Traffic, WithAGapIsInconclusive) {
  Conversation gap = greeted();
  gap.lost(3).client(ping('x'));
  EXPECT_EQ(overhear({unary(), gap}).claims.front().because, "1 of 2 connections was not seen whole");
  // Its first octets may have been anything.
  EXPECT_EQ(overhear({unary(), Conversation().lost(3).client(octets("whatever it was, long enough"))}).outcome,
            Outcome::Inconclusive);
}

}  // namespace
}  // namespace testigo::verdict
