#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "check/testing/judged.h"

namespace testigo::check {
namespace {

using namespace call::testing;
using namespace testing;

using Names = std::vector<std::string>;

Conversation answered(std::initializer_list<Part> parts) {
  Conversation c = greeted();
  c.client(headers(1, request_fields()), end_of_data(1));
  for (const Part& part : parts) c.server(part);
  return c;
}

Names of_trailers(FieldList fields) { return findings(unary({.trailers = std::move(fields)})); }

TEST(Rs01, TheStatusIs200) {
  const Conversation c =
      answered({headers(1, {{":status", "503"}, {"content-type", "text/plain"}}), data(1, "down", EndStream::Yes)});
  EXPECT_EQ(findings(c), only("RS01 error"));
  EXPECT_EQ(outcome(c, "RS02"), "pass");  // exempt
  EXPECT_EQ(outcome(c, "RS03"), "pass");  // exempt
  EXPECT_EQ(findings(answered({headers(1, with(trailers_only_fields(), ":status", "415"), EndStream::Yes)})), only("RS01 error"));
}

// "If Content-Type does not begin with "application/grpc", gRPC servers SHOULD respond with HTTP status of 415".
TEST(Rs01, AnotherContentTypeIsAnsweredWith415) {
  const auto answered = [](const FieldList& request) {
    Conversation c = unary();
    c.client(headers(3, request), end_of_data(3)).server(headers(3, {{":status", "415"}}, EndStream::Yes));
    c.client(headers(5, request), end_of_data(5)).server(headers(5, {{":status", "415"}}, EndStream::Yes));
    return of("R", findings(c));
  };
  EXPECT_EQ(answered(with(request_fields(), "content-type", "application/json")),
            (std::vector<std::string>{"RQ05 error", "RQ05 error"}));
  EXPECT_EQ(answered(request_fields()), (std::vector<std::string>{"RS01 error", "RS01 error"}));
}

// One answer that is right does not speak for others.
TEST(Rs01, A415IsRightForItsRequestOnly) {
  Conversation c = greeted();
  call::StreamId stream = 1;
  for (const char* type : {"application/json", "application/grpc", "application/json", "application/grpc"}) {
    c.client(headers(stream, with(request_fields(), "content-type", type)), end_of_data(stream));
    c.server(headers(stream, {{":status", "415"}}, EndStream::Yes));
    stream += 2;
  }
  EXPECT_EQ(of("RS01", findings(c)), (std::vector<std::string>{"RS01 error", "RS01 error"}));
}

TEST(Rs01, WhereTheTypeOfARequestWasForgottenA415IsNotJudgeable) {
  Limits limits;
  limits.streams_remembered = 1;
  Conversation c = greeted();
  for (const call::StreamId stream : {1u, 3u}) {
    c.client(headers(stream, with(request_fields(), "content-type", "application/json")), end_of_data(stream));
  }
  for (const call::StreamId stream : {1u, 3u}) c.server(headers(stream, {{":status", "415"}}, EndStream::Yes));
  EXPECT_EQ(of("RS01", findings(c, limits)), nothing());
  EXPECT_EQ(outcome(c, "RS01", limits), "not-judgeable");
  EXPECT_EQ(outcome(c, "RS01"), "pass");
}

TEST(Rs01, InformationalResponses) {
  const Part real = headers(1, trailers_only_fields(), EndStream::Yes);
  EXPECT_EQ(findings(answered({headers(1, {{":status", "103"}}), headers(1, {{":status", "100"}}), real})), nothing());
  EXPECT_EQ(findings(answered({headers(1, {{":status", "103"}}, EndStream::Yes)})), only("RS01 error"));
}

TEST(Rs02, TheContentType) {
  EXPECT_EQ(findings(unary({.response = {{":status", "200"}}})), only("RS02 error"));
  EXPECT_EQ(findings(unary({.response = with(response_fields(), "content-type", "text/html")})), only("RS02 error"));
  EXPECT_EQ(findings(unary({.response = with(response_fields(), "content-type", "application/grpc-web")})), only("RS02 error"));
  EXPECT_EQ(findings(answered({headers(1, without(trailers_only_fields(), "content-type"), EndStream::Yes)})), only("RS02 error"));
  for (const char* good : {"application/grpc+proto", "application/grpc;charset=utf-8", "Application/gRPC"}) {
    EXPECT_EQ(findings(unary({.response = with(response_fields(), "content-type", good)})), nothing()) << good;
  }
}

// RFC 9110 section 5.3.
TEST(Rs02, TwoContentTypesAreTheSame) {
  const auto twice = [](const std::string& again) { return unary({.response = plus(response_fields(), "content-type", again)}); };
  EXPECT_EQ(findings(twice("application/grpc")), nothing());
  EXPECT_EQ(findings(twice("text/html")), only("RS02 error"));
  EXPECT_EQ(findings(twice("application/grpc+proto")), only("RS02 error"));
  Limits limits;
  limits.string_bytes_max = 100;
  EXPECT_EQ(findings(twice(std::string(200, 'x')), limits), nothing());
  EXPECT_EQ(outcome(twice(std::string(200, 'x')), "RS02", limits), "not-judgeable");
}

TEST(Rs03, TheEndCarriesAStatus) {
  const Part begin = headers(1, response_fields());
  EXPECT_EQ(findings(answered({begin, message(1, "x", EndStream::Yes)})), only("RS03 error"));
  EXPECT_EQ(findings(answered({begin, data(1, "", EndStream::Yes)})), only("RS03 error"));
  const Conversation without_status = answered({begin, headers(1, {{"x", "y"}}, EndStream::Yes)});
  EXPECT_EQ(findings(without_status), only("RS03 error"));
  EXPECT_EQ(outcome(without_status, "RS06"), "not-observed");
  EXPECT_EQ(findings(answered({headers(1, response_fields(), EndStream::Yes)})), only("RS03 error"));
}

TEST(Rs03, AResetIsExempt) {
  EXPECT_EQ(findings(answered({headers(1, response_fields()), rst_stream(1, http2::kInternalError)})), nothing());
}

// The role of a block behind one that is lost does not follow from frames seen.
TEST(Rs03, LostTrailersAreNotHeldAgainstTheServer) {
  const Conversation c = answered({headers(1, response_fields()), frame(http2::FrameType::Headers, 0x0d, 1, "\xff")});
  EXPECT_EQ(findings(c), only("CN11 error"));
}

TEST(Rs04, BehindALostBlockNoRoleIsGuessed) {
  const Conversation c = answered({frame(http2::FrameType::Headers, 0x0c, 1, "\xff"), headers(1, response_fields()),
                                   headers(1, trailer_fields("007"), EndStream::Yes)});
  EXPECT_EQ(findings(c), only("CN11 error"));
}

TEST(Rs04, HeadersBehindTheResponseEndTheStream) {
  const Part end = headers(1, trailer_fields(), EndStream::Yes);
  EXPECT_EQ(findings(answered({headers(1, response_fields()), headers(1, {{"x", "y"}}), end})), only("RS04 error"));
  EXPECT_EQ(findings(answered({headers(1, response_fields()), end})), nothing());
}

// A :status that is not known may be that of an informational response: no role is guessed.
TEST(Rs04, BehindAStatusThatIsNotKnownNothingIsJudged) {
  Limits limits;
  limits.string_bytes_max = 50;
  const Conversation c = answered({headers(1, plus({}, std::string(100, 'n'), "v")), headers(1, response_fields()),
                                   headers(1, trailer_fields(), EndStream::Yes)});
  EXPECT_EQ(findings(c, limits), nothing());
  EXPECT_EQ(findings(c), (Names{"HD07 error", "RS01 error", "HD01 error", "RS04 error"}));
}

TEST(Rs06, OneNumber) {
  for (const char* bad : {"", "00", "01", "-1", "+1", "1 2", "0x1", "OK"})
    EXPECT_EQ(of_trailers(trailer_fields(bad)), only("RS06 error")) << bad;
  EXPECT_EQ(of_trailers(plus(trailer_fields(), "grpc-status", "0")), only("RS06 error"));
  EXPECT_EQ(of_trailers(plus(trailer_fields("5"), "grpc-status", "0")), only("RS06 error"));
  for (const char* good : {"0", "1", "16"}) EXPECT_EQ(of_trailers(trailer_fields(good)), nothing()) << good;
}

TEST(Rs06, ANumberWithoutANameIsAWarning) {
  for (const char* odd : {"17", "100", "123456789012345678901234567890"})
    EXPECT_EQ(of_trailers(trailer_fields(odd)), only("RS06 warning")) << odd;
}

TEST(Rs06, InTrailersOnlyToo) {
  EXPECT_EQ(findings(answered({headers(1, trailers_only_fields("007"), EndStream::Yes)})), only("RS06 error"));
}

TEST(Rs, WhatIsNotKnownIsNotJudgeable) {
  Limits limits;
  limits.string_bytes_max = 50;
  const std::string huge(100, '7');
  const Conversation status = unary({.trailers = trailer_fields(huge)});
  EXPECT_EQ(outcome(status, "RS06", limits), "not-judgeable");
  EXPECT_EQ(outcome(status, "RS03", limits), "pass");
  const Conversation type = unary({.response = with(response_fields(), "content-type", huge)});
  EXPECT_EQ(outcome(type, "RS02", limits), "not-judgeable");
  const Conversation names = unary({.trailers = {{huge, "x"}}});
  EXPECT_EQ(outcome(names, "RS03", limits), "not-judgeable");
  for (const Conversation& c : {status, type, names}) EXPECT_EQ(findings(c, limits), nothing());
}

TEST(Rs, AnAnswerBehindTheEndIsNotJudgedAgain) {
  Conversation c = greeted();
  c.client(headers(1, request_fields())).server(headers(1, trailers_only_fields(), EndStream::Yes), headers(1, {{"x", "y"}}));
  EXPECT_EQ(findings(c), only("ST05 error"));
}

}  // namespace
}  // namespace testigo::check
