#include <gtest/gtest.h>

#include "check/testing/judged.h"

namespace testigo::check {
namespace {

using namespace call::testing;
using namespace testing;

const FieldList kJson = {
    {":method", "POST"}, {":scheme", "http"}, {":path", "/api"}, {":authority", "a"}, {"content-type", "application/json"}};

Conversation& ask(Conversation& c, call::StreamId stream, const FieldList& request, const char* status) {
  c.client(headers(stream, request), data(stream, "{}", EndStream::Yes));
  FieldList answer = {{":status", status}};
  if (answer[0].second == "200") answer.insert(answer.end(), {{"content-type", "application/grpc"}, {"grpc-status", "2"}});
  return c.server(headers(stream, answer, EndStream::Yes));
}

TEST(Rs09, OtherRequestsAreAnsweredWith415) {
  Conversation wrong = unary();
  EXPECT_EQ(findings(ask(wrong, 3, kJson, "200")), only("RS09 warning"));
  Conversation right = unary();
  EXPECT_EQ(findings(ask(right, 3, kJson, "415")), nothing());
  EXPECT_EQ(outcome(right, "RS09"), "pass");
}

TEST(Rs09, WhicheverCameFirst) {
  Conversation c = greeted();
  ask(c, 1, kJson, "200");
  EXPECT_EQ(findings(c), nothing());  // whether the server speaks gRPC at all was not seen
  EXPECT_EQ(outcome(c, "RS09"), "not-observed");
  EXPECT_EQ(findings(c.call({.stream = 3})), only("RS09 warning"));
}

TEST(Rs09, OfMoreThanAreFollowedNothingIsSaidButThat) {
  Limits limits;
  limits.streams_remembered = 1;
  const auto not_judgeable = [&](const Conversation& c) { return tally(c, limits).counts.at("RS09").not_judgeable; };
  Conversation open = unary();
  for (const call::StreamId stream : {3u, 5u}) open.client(headers(stream, kJson));
  EXPECT_EQ(not_judgeable(open), 1u);
  Conversation before = greeted();
  for (const call::StreamId stream : {1u, 3u, 5u}) ask(before, stream, kJson, "415");
  EXPECT_EQ(not_judgeable(before), 0u);
  EXPECT_EQ(not_judgeable(before.call({.stream = 7})), 2u);
}

TEST(Rs09, ATypeInCapitalsIsOfGrpc) {
  Conversation c = unary();
  ask(c, 3, with(kJson, "content-type", "Application/gRPC+proto"), "200");
  EXPECT_EQ(outcome(c, "RS09"), "not-observed");
}

TEST(Rs09, WhatIsNotGrpcMayAnswerAsItLikes) {
  for (const FieldList& answer :
       {FieldList{{":status", "200"}, {"content-type", "application/json"}}, FieldList{{":status", "404"}},
        FieldList{{":status", "400"}, {"content-type", "application/json"}, {"grpc-status", "3"}, {"grpc-message", "no"}}}) {
    Conversation c = unary();
    c.client(headers(3, kJson), data(3, "{}", EndStream::Yes)).server(headers(3, answer, EndStream::Yes));
    EXPECT_EQ(findings(c), nothing());
    EXPECT_EQ(outcome(c, "RS09"), "not-observed");
  }
}

TEST(Rs09, AStatusOfGrpcAlone) {
  const auto answered = [](const FieldList& answer) {
    return unary().client(headers(3, kJson), data(3, "{}", EndStream::Yes)).server(headers(3, answer, EndStream::Yes));
  };
  EXPECT_EQ(findings(answered({{":status", "200"}, {"grpc-status", "2"}})), only("RS09 warning"));
  Limits limits;
  limits.string_bytes_max = 100;
  const Conversation c = answered({{":status", "200"}, {"content-type", std::string(200, 'x')}, {"grpc-status", "2"}});
  EXPECT_EQ(findings(c, limits), nothing());
  EXPECT_EQ(outcome(c, "RS09", limits), "not-judgeable");
}

TEST(Rs09, RequestsThatBeginLikeGrpcOrHaveNoTypeAreNotJudged) {
  Conversation c = unary();
  ask(c, 3, with(kJson, "content-type", "application/grpc-web+proto"), "200");
  ask(c, 5, without(kJson, "content-type"), "404");
  EXPECT_EQ(findings(c), nothing());
  EXPECT_EQ(outcome(c, "RS09"), "not-observed");
}

}  // namespace
}  // namespace testigo::check
