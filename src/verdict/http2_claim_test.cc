// Claims 6 and 7.
#include "verdict/http2_claim.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "verdict/testing/evidence_builder.h"

namespace testigo::verdict::testing {
namespace {

using ::testing::HasSubstr;

Evidence clean() { return EvidenceBuilder().build(); }

TEST(Http2Claim, EachConnectionIsShown) {
  const Verdict verdict = judge(clean());
  ASSERT_EQ(claim(verdict, 6).exhibits.size(), 2U);
  EXPECT_THAT(claim(verdict, 6).exhibits[1].text,
              HasSubstr("connection 2: preface in packet 4, SETTINGS in 4 and 5, acknowledged in 7 and 6"));
  EXPECT_EQ(claim(verdict, 6).exhibits[1].wire.size(), 8U);
}

TEST(Http2Claim, PiecesThatAreMissingThoughTheConnectionWentOn) {
  for (const auto piece :
       {&WireConnection::preface_packet, &WireConnection::client_settings_packet, &WireConnection::server_settings_packet,
        &WireConnection::client_ack_packet, &WireConnection::server_ack_packet}) {
    Evidence evidence = clean();
    evidence.wire->connections[1].*piece = 0;
    EXPECT_EQ(broken(judge(evidence)), "6");
  }
}

TEST(Http2Claim, AcknowledgementsAreDueFromASideThatWentOn) {
  Evidence evidence = clean();
  WireConnection& connection = evidence.wire->connections[1];
  connection.client_ack_packet = connection.server_ack_packet = 0;
  connection.client_last_packet = connection.server_last_packet = connection.trailers_packet;
  const Verdict verdict = judge(evidence);
  EXPECT_EQ(verdict.outcome, Outcome::Proven);
  EXPECT_THAT(claim(verdict, 6).because, HasSubstr("1 other ended before"));
}

TEST(Http2Claim, AcknowledgementsOfALostConnectionMayHaveBeenOnTheirWay) {
  Evidence evidence = clean();
  evidence.wire->connections[1].client_ack_packet = evidence.wire->connections[1].server_ack_packet = 0;
  evidence.wire->connections[1].lost = true;
  const Verdict verdict = judge(evidence);
  EXPECT_EQ(verdict.outcome, Outcome::Proven);
  EXPECT_THAT(claim(verdict, 6).because, HasSubstr("1 connection showed"));
  EXPECT_THAT(claim(verdict, 6).because, HasSubstr("1 other ended before"));
}

TEST(Http2Claim, ConnectionWithoutACallIsNotJudged) {
  Evidence evidence = clean();
  evidence.wire->connections.emplace_back().view.number = 3;
  EXPECT_EQ(judge(evidence).outcome, Outcome::Proven);
}

TEST(Http2Claim, NothingShownWhole) {
  Evidence evidence = clean();
  for (WireConnection& connection : evidence.wire->connections) connection.data_packet = 0;
  EXPECT_EQ(inconclusive(judge(evidence)), "6");
}

TEST(Http2Claim, Http1IsQuoted) {
  EvidenceBuilder builder;
  for (ScriptedCall& call : builder.calls()) call.client_fails(14).wire_none().server_none();
  Evidence evidence = builder.build();
  evidence.wire->connections.clear();
  call::ConnectionView& view = evidence.wire->connections.emplace_back().view;
  view.number = 1;
  view.client_opening = http2::Opening::Http2;
  view.server_opening = http2::Opening::Http1;
  view.server_first = "HTTP/1.1 400 Bad Request\r\nServer: x\r\n";
  view.server_first_packet = 6;
  const Verdict verdict = judge(evidence);
  EXPECT_EQ(broken(verdict), "1 2 6");
  EXPECT_EQ(claim(verdict, 6).because,
            "the server of connection 1 speaks HTTP/1.1: its first octets are \"HTTP/1.1 400\" and 25 octets more");
  EXPECT_EQ(claim(verdict, 6).exhibits[0].wire[0].packet, 6U);
}

TEST(GrpcClaim, ListsTheChecksItRestsOn) {
  EXPECT_EQ(claim(judge(clean()), 7).because, "3 checks passed: CN01, CN02, RS01; 1 check met nothing to judge");
}

TEST(GrpcClaim, FindingsOfGradeError) {
  Evidence evidence = clean();
  check::Finding finding{.check = "RS01",
                         .clause = "gRPC over HTTP2, Responses",
                         .severity = check::Severity::Error,
                         .spot = {},
                         .text = "no grpc-status"};
  finding.spot.place = {17, 1, 5};
  evidence.checks.findings.push_back(finding);
  finding.severity = check::Severity::Warning;
  evidence.checks.findings.push_back(finding);
  evidence.checks.errors = 4;
  evidence.connection_checks[1].errors = 2;
  evidence.connection_checks[2].errors = 1;
  const Verdict verdict = judge(evidence);
  EXPECT_EQ(broken(verdict), "7");
  EXPECT_EQ(claim(verdict, 7).exhibits_total, 3U);
  EXPECT_THAT(claim(verdict, 7).because, HasSubstr("RS01: no grpc-status (packet 17, stream 5)"));
}

TEST(GrpcClaim, WarningsBreakNothing) {
  Evidence evidence = clean();
  evidence.checks.warnings = 1;
  EXPECT_EQ(judge(evidence).outcome, Outcome::Proven);
}

TEST(GrpcClaim, NotJudgeable) {
  Evidence evidence = clean();
  check::CheckCount& count = evidence.connection_checks[2].counts["CN02"];
  count.not_judgeable = 1;
  count.reason = "octets are missing";
  const Verdict verdict = judge(evidence);
  EXPECT_EQ(inconclusive(verdict), "7");
  EXPECT_EQ(claim(verdict, 7).because, "1 check not judgeable (octets are missing): CN02");
}

TEST(GrpcClaim, WhatCannotBeJudgedOfWarningsAndRemarksLeavesNoDoubt) {
  for (const char* id : {"RQ02", "RQ09"}) {
    Evidence evidence = clean();
    check::CheckCount& count = evidence.connection_checks[2].counts[id];
    count.not_judgeable = 1;
    count.reason = "its coding is not built in";
    EXPECT_EQ(judge(evidence).outcome, Outcome::Proven) << id;
  }
}

TEST(GrpcClaim, NothingObserved) {
  Evidence evidence = clean();
  evidence.connection_checks.clear();
  EXPECT_EQ(inconclusive(judge(evidence)), "7");
}

// What a connection out of scope did is nothing that the calls judged have to answer for.
TEST(GrpcClaim, ConnectionsOutOfScopeDoNotCount) {
  EvidenceBuilder builder(3);
  Evidence evidence = builder.no_client("client3").build();
  check::Finding finding{.check = "RS01",
                         .clause = "gRPC over HTTP2, Responses",
                         .severity = check::Severity::Error,
                         .spot = {},
                         .text = "no grpc-status"};
  finding.spot.place = {17, 3, 5};
  evidence.checks.findings.push_back(finding);
  evidence.checks.errors = 1;
  evidence.connection_checks[3].errors = 1;
  check::CheckCount& count = evidence.connection_checks[3].counts["CN02"];
  count.not_judgeable = 1;
  evidence.wire->connections[2].server_ack_packet = 0;  // claim 6
  EXPECT_EQ(broken(judge(evidence)), "6 7");
  const Verdict verdict = judge(evidence, {.tolerance = {}, .since = {}, .others_out_of_scope = true, .clients_started = 0});
  EXPECT_EQ(verdict.outcome, Outcome::Proven);
  EXPECT_THAT(claim(verdict, 7).exhibits, ::testing::SizeIs(2));
}

// A health check or a browser on the same port.
// Its calls are out of scope; nobody could read them, so that none of them has an id here.
TEST(GrpcClaim, AConnectionThatBeganBeforeTheCaptureDoesNotCount) {
  Evidence evidence = clean();
  WireConnection late = evidence.wire->connections.front();
  late.view.number = 3;
  late.view.from_start = false;
  evidence.wire->connections.push_back(late);
  check::CheckCount& count = evidence.connection_checks[3].counts["CN02"];
  count.not_judgeable = 1;
  count.reason = "the connection was not seen from its start";
  EXPECT_EQ(judge(evidence).outcome, Outcome::Proven);
}

TEST(GrpcClaim, AClientThatSpeaksNoHttp2IsOutOfScope) {
  Evidence evidence = clean();
  call::ConnectionView& view = evidence.wire->connections.emplace_back().view;
  view.number = 3;
  view.client_opening = http2::Opening::Http1;
  view.server_opening = http2::Opening::Http1;
  view.server_first = "HTTP/1.1 400 Bad Request\r\n";
  evidence.connection_checks[3].counts["CN01"].not_judgeable = 1;
  const Verdict verdict = judge(evidence);
  EXPECT_EQ(verdict.outcome, Outcome::Proven);
  EXPECT_THAT(verdict.notes, ::testing::Contains("1 connection came from a client that speaks no HTTP/2: out of scope"));
}

}  // namespace
}  // namespace testigo::verdict::testing
