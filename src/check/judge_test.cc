#include "check/judge.h"

#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "call/fan.h"
#include "check/testing/judged.h"

namespace testigo::check {
namespace {

using namespace call::testing;
using namespace testing;
using namespace std::chrono_literals;
using namespace std::string_literals;

using call::StreamId;

// What few calls have: deadlines, compression, retries, details, other requests.
void say_everything(Conversation& c) {
  const std::string gzip = "\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\x03\xcb\x48\xcd\xc9\xc9\x07\x00\x86\xa6\x10\x36\x05\x00\x00\x00"s;
  FieldList request = request_fields();
  request.insert(request.begin() + 4, {"grpc-timeout", "100m"});
  request.insert(request.end(), {{"grpc-encoding", "gzip"}, {"grpc-accept-encoding", "identity,gzip"}});
  const FieldList response = plus(plus(response_fields(), "grpc-encoding", "gzip"), "grpc-accept-encoding", "identity,gzip");
  c.client(headers(23, plus(with(request, "grpc-encoding", "snappy"), "content-length", "6")), message(23, "x", EndStream::Yes, 1));
  c.server(headers(23, plus(trailers_only_fields("12"), "grpc-accept-encoding", "identity,gzip"), EndStream::Yes));
  c.client(headers(25, plus(plus(request, "x-bin", "YQ"), "grpc-previous-rpc-attempts", "1")),
           message(25, gzip, EndStream::Yes, 1));
  c.later(110ms).server(headers(25, response), message(25, gzip, EndStream::No, 1));
  c.server(headers(25, plus(plus(trailer_fields("5"), "grpc-retry-pushback-ms", "-1"), "grpc-status-details-bin", "CAU"),
                   EndStream::Yes));
  const FieldList json = {
      {":method", "POST"}, {":scheme", "http"}, {":path", "/api"}, {":authority", "a"}, {"content-type", "text/json"}};
  c.client(headers(27, json), data(27, "{}", EndStream::Yes)).server(headers(27, {{":status", "415"}}, EndStream::Yes));
  c.client(frame(http2::FrameType::Headers, 0x05, 29,
                 "\x3f\xe1\x1f\x83\x86\x84\x41\x01"
                 "a\x1f\x08\x01s"));
  c.server(headers(29, {{":status", "404"}}, EndStream::Yes));
  c.later(10s).client(ping('r')).server(ping_ack('r')).later(10s).client(ping('s')).server(ping_ack('s'));
}

// All four kinds of call, errors of the application, resets, keepalive and an orderly end: no stack of repute does anything else.
Conversation clean_run() {
  Conversation c = greeted({{http2::kSettingMaxConcurrentStreams, 100}, {http2::kSettingGrpcTrueBinaryMetadata, 1}});
  c.call().call({.stream = 3, .trailers = plus(trailer_fields("13"), "grpc-message", " broken ")});
  c.client(headers(5, request_fields()), message(5, "a"), message(5, "b")).client(message(5, "c"), end_of_data(5));
  c.server(headers(5, response_fields()), message(5, "abc"), headers(5, trailer_fields(), EndStream::Yes));
  c.client(headers(7, request_fields()), message(7, "many", EndStream::Yes)).server(headers(7, response_fields()), message(7, "1"));
  c.server(message(7, "2"), message(7, "3"), headers(7, trailer_fields(), EndStream::Yes));
  c.client(headers(9, request_fields()), message(9, "x")).server(headers(9, response_fields()), message(9, "y"));
  c.client(message(9, "z"), window_update(9), window_update(0), end_of_data(9))
      .server(headers(9, trailer_fields(), EndStream::Yes));
  c.client(headers(11, request_fields()), message(11, "?", EndStream::Yes))
      .server(headers(11, trailers_only_fields(), EndStream::Yes));
  c.client(headers(13, request_fields()))
      .server(headers(13, trailers_only_fields("8"), EndStream::Yes), rst_stream(13, http2::kNoError));
  c.crossing().client(message(13, "crossing"), end_of_data(13));
  c.client(headers(15, request_fields()))
      .client(rst_stream(15))
      .crossing()
      .server(headers(15, response_fields()), message(15, "late"));
  c.client(headers(17, request_fields())).server(rst_stream(17, http2::kRefusedStream)).crossing().client(message(17, "late"));
  c.client(headers(19, request_fields()), message(19, "", EndStream::Yes));
  c.server(headers(19, {{":status", "103"}}), headers(19, response_fields()), headers(19, trailer_fields(), EndStream::Yes));
  c.client(settings({{http2::kSettingInitialWindowSize, 9}})).server(settings_ack());
  c.client(headers_in_pieces(21, request_fields()), frame(http2::FrameType::Data, 0x09, 21, "\5" + std::string(10, '\0')));
  c.server(push_promise(21, 2, request_fields()), rst_stream(2), headers(21, response_fields()), message(21, "pong"));
  c.client(window_update(21)).server(headers(21, trailer_fields(), EndStream::Yes));
  c.client(settings({{http2::kSettingInitialWindowSize, 65'535}})).server(settings_ack());
  c.client(ping('p')).server(ping_ack('p')).client(priority(101)).server(settings()).later(1s).client(settings_ack());
  say_everything(c);  // the last blocks: it writes one by hand
  c.server(goaway(0x7fff'ffff), ping('q')).client(ping_ack('q')).server(goaway(29)).client(goaway(0));
  c.server_closes().client_closes();
  return c;
}

// They have tests of their own.
bool looks_beyond_a_connection(std::string_view id) {
  const std::set<std::string_view> of_attempts = {"BH06", "BH07", "RT02", "RT03", "RT04"};
  return id.starts_with("PX") || of_attempts.contains(id);
}

TEST(Judge, ACleanRunYieldsNoFinding) {
  EXPECT_EQ(findings(clean_run()), nothing());
  const Tally said = tally(clean_run());
  EXPECT_EQ(said.errors + said.warnings + said.infos, 0u);
  // These pass where a connection ends, which it does for one cause only; MG04 met a coding that is not built in; it is no TLS; the
  // last ones are about what a user declares.
  const std::set<std::string_view> others = {"BH03", "BH05", "MG04", "TL01", "TL02", "MG06", "MG07", "EX01", "RS13", "SD06"};
  for (const auto& [id, count] : said.counts) {
    if (others.contains(id) || looks_beyond_a_connection(id)) continue;
    EXPECT_EQ(outcome_name(count.outcome()), "pass") << id << ": " << count.reason;
  }
}

TEST(Judge, WhatNobodyDeclaredIsSaidOnce) {
  const Tally said = tally(clean_run());
  EXPECT_EQ(said.counts.at("MG06").reason, "no descriptors were given: --protoset or --proto gives them");
  EXPECT_EQ(said.counts.at("MG07").outcome(), Outcome::NotJudgeable);
  EXPECT_EQ(said.counts.at("EX01").reason, "no relation of fields was given: --relation gives one");
  EXPECT_EQ(outcome(greeted(), "MG07"), "not-observed");
  Judge judge;
  judge.on_tally([](call::ConnectionNumber, const ConnectionTally& of_connection) {
    for (const char* id : {"MG06", "MG07", "EX01"}) EXPECT_FALSE(of_connection.counts.contains(id)) << id;
  });
  clean_run().play(judge);
}

TEST(Judge, FindingsDoNotDependOnHowTheOctetsAreCut) {
  Conversation c = greeted();
  c.call({.request = with(request_fields(), "te", "deflate"), .trailers = trailer_fields("007")})
      .server(octets("garbage and more garbage"));
  const auto whole = tally(c);
  EXPECT_GE(whole.errors, 3u);
  for (std::uint64_t seed = 1; seed < 12; ++seed) {
    const auto cut = tally(c, {}, seed);
    ASSERT_EQ(cut.findings.size(), whole.findings.size()) << seed;
    for (std::size_t i = 0; i < cut.findings.size(); ++i) EXPECT_EQ(cut.findings[i].text, whole.findings[i].text) << seed;
  }
}

// Alone a judge is not asked for each event, but those who attend to a connection are.
TEST(Judge, JudgesTheSameWhereOthersHearToo) {
  Conversation faulty = greeted();
  faulty.call({.request = with(request_fields(), "te", "deflate")}).server(octets("garbage and more garbage"));
  for (const Conversation& c : {clean_run(), faulty}) {
    Judge judge, other;
    call::Fan both({&judge, &other});
    c.play(both);
    const Tally alone = tally(c), ours = judge.tally();
    ASSERT_EQ(ours.findings.size(), alone.findings.size());
    for (std::size_t i = 0; i < ours.findings.size(); ++i) EXPECT_EQ(ours.findings[i].text, alone.findings[i].text);
    for (const auto& [id, count] : alone.counts) {
      EXPECT_EQ(ours.counts.at(id).passed, count.passed) << id;
      EXPECT_EQ(ours.counts.at(id).failed, count.failed) << id;
      EXPECT_EQ(ours.counts.at(id).not_judgeable, count.not_judgeable) << id;
    }
  }
}

void expect_nothing_judgeable(const Conversation& c, std::string_view reason) {
  const Tally said = tally(c);
  EXPECT_THAT(said.findings, ::testing::IsEmpty());
  EXPECT_EQ(said.counts.size(), judged_checks().size());
  for (const auto& [id, count] : said.counts) {
    if (looks_beyond_a_connection(id)) continue;
    EXPECT_EQ(outcome_name(count.outcome()), "not-judgeable") << id;
    EXPECT_EQ(count.reason, reason) << id;
  }
}

TEST(Judge, UnderTlsTheHandshakeAloneIsJudgeable) {
  Conversation c;
  c.client(octets(std::string("\x16\x03\x01\x02\x00", 5))).server(octets(std::string("\x16\x03\x03\x00\x7a", 5)));
  const Tally said = tally(c);
  EXPECT_THAT(said.findings, ::testing::IsEmpty());
  for (const auto& [id, count] : said.counts) {
    if (looks_beyond_a_connection(id)) continue;
    EXPECT_EQ(outcome_name(count.outcome()), "not-judgeable") << id;
    EXPECT_EQ(count.reason, id.starts_with("TL") ? "the handshake was not seen whole" : "TLS: the wire shows ciphertext") << id;
  }
}

TEST(Judge, WhatWasNotSeenIsNotJudgeable) {
  expect_nothing_judgeable(unary().lost().server_acks(), "octets are missing");
  expect_nothing_judgeable(Conversation().lost(1).client(preface(), settings()).server(settings()), "octets are missing");
  expect_nothing_judgeable(greeted().lost(100).client(headers(1, request_fields())).server(headers(1, response_fields())),
                           "octets are missing");
  expect_nothing_judgeable(unary().not_from_start(), "the connection was not seen from its start");
}

// Whatever packet of a direction is lost, what was not seen is never held against anybody.
TEST(Judge, AGapAnywhereYieldsNoFinding) {
  for (int at = 0; at < 8; ++at) {
    for (const Direction direction : {Direction::ToServer, Direction::ToClient}) {
      Conversation c = greeted({{http2::kSettingMaxConcurrentStreams, 1}});
      for (int i = 0; i < 8; ++i) {
        const auto id = static_cast<StreamId>(2 * i + 1);
        if (i == at) direction == Direction::ToServer ? c.lost(9).client_acks() : c.lost(9).server_acks();
        c.client(headers(id, request_fields()), message(id, "m", EndStream::Yes), ping('p')).server(settings(), ping_ack('p'));
        c.client(settings_ack())
            .server(headers(id, response_fields()), message(id, "r"), headers(id, trailer_fields(), EndStream::Yes));
      }
      EXPECT_EQ(findings(c), nothing()) << at;
    }
  }
}

TEST(Judge, CallsThatAreNotFollowedAreNotJudgeable) {
  Limits limits;
  limits.streams_max = 2;
  Conversation c = greeted();
  for (const StreamId id : {1u, 3u, 5u, 7u}) c.client(headers(id, request_fields()));
  for (const StreamId id : {1u, 3u, 5u, 7u})
    c.client(message(id, "m", EndStream::Yes)).server(headers(id, trailers_only_fields("0"), EndStream::Yes));
  EXPECT_EQ(findings(c, limits), nothing());
  for (const std::string_view id : {"ST03", "ST04", "ST05", "RS03"}) EXPECT_EQ(outcome(c, id, limits), "not-judgeable") << id;
  EXPECT_EQ(outcome(c, "ST05"), "pass");
}

TEST(Judge, FindingsAreBoundedAndAllAreCounted) {
  Limits limits;
  limits.findings_kept = 3;
  Conversation c = greeted();
  for (int i = 0; i < 10; ++i) c.client(settings_ack());
  const Tally said = tally(c, limits);
  EXPECT_EQ(said.findings.size(), 3u);
  EXPECT_EQ(said.warnings, 10u);
  EXPECT_EQ(said.counts.at("CN05").failed, 10u);
}

TEST(FindingLog, KeepsTheFirstOfEachGrade) {
  Limits limits;
  limits.findings_kept = 2;
  FindingLog log(limits);
  for (int i = 0; i < 5; ++i) log.add(Id::CN16, Severity::Info, {}, "remark");
  log.add(Id::CN16, Severity::Warning, {}, "warning");
  Tally said;
  log.add_to(said);
  ASSERT_EQ(said.findings.size(), 3u);
  EXPECT_EQ(said.findings[2].text, "warning");
  EXPECT_EQ(said.grades.at("CN16"), (Grades{0, 1, 5}));
  EXPECT_EQ(said.warnings, 1u);
  EXPECT_EQ(said.infos, 5u);
}

// Until it is known what the client speaks.
TEST(Judge, NoErrorIsLostBehindWarningsThatWait) {
  Limits limits;
  limits.findings_kept = 1;
  Conversation c;
  c.server(settings(), frame(http2::FrameType::Ping, 0x80, 0, "12345678"));
  c.server(frame(http2::FrameType::WindowUpdate, 0, 0, std::string(4, '\0'))).client(preface(), settings());
  Judge judge(limits, Foreign::PassedOver);
  c.play(judge, limits);
  EXPECT_EQ(judge.tally().counts.at("CN12").failed, 1u);
  EXPECT_EQ(judge.tally().counts.at("FC03").failed, 1u);
  EXPECT_EQ(judge.tally().errors, 1u);
}

TEST(Judge, WhatItQuotesIsInert) {
  const Tally said = tally(unary({.trailers = trailer_fields("\x1b[31mred")}));
  ASSERT_EQ(said.findings.size(), 1u);
  EXPECT_EQ(said.findings[0].text, "grpc-status is \"\\x1b[31mred\"");
}

TEST(Judge, TellsTheListenerOfEach) {
  Judge judge;
  std::vector<std::string> told;
  judge.on_finding([&](const Finding& finding) { told.push_back(finding.text); });
  unary({.trailers = trailer_fields("007")}).play(judge);
  EXPECT_THAT(told, ::testing::ElementsAre("grpc-status is \"007\""));
}

}  // namespace
}  // namespace testigo::check
