#include "call/connection.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "call/testing/seen.h"

namespace testigo::call {
namespace {

using namespace testing;
using namespace std::chrono_literals;
using ::testing::ElementsAre;

TEST(Connection, TellsACleanCall) {
  const Seen events = seen(unary().client_closes().server_closes());
  ASSERT_EQ(events.calls.size(), 1u);
  const Call& call = events.calls.front();
  EXPECT_EQ(call.ending, Ending::Trailers);
  EXPECT_EQ(call.status, 0);
  EXPECT_EQ(call.http_status, 200);
  EXPECT_EQ(call.path, "/testigo.greeter.v1.Greeter/Greet");
  EXPECT_EQ(call.rpc_class, RpcClass::Grpc);
  EXPECT_EQ(call.response_class, RpcClass::Grpc);
  EXPECT_EQ(call.request.messages, 1u);
  EXPECT_EQ(call.request.bytes, 9u);
  EXPECT_EQ(call.response.messages, 1u);
  EXPECT_EQ(call.ended - call.started, 2ms);
  EXPECT_TRUE(call.request_delivered);
  EXPECT_EQ(call.place, (Place{4, 1, 1}));
  EXPECT_EQ(call.end_packet, 6u);
  EXPECT_THAT(events.roles, ElementsAre(BlockRole::Request, BlockRole::Response, BlockRole::Trailers));
  EXPECT_THAT(events.messages, ElementsAre("ping", "pong"));
  EXPECT_EQ(events.calls_open, 0u);
}

TEST(Connection, ReadsTimeoutAndStatusMessage) {
  const Call call = only_call(unary({.request = plus(request_fields(), "grpc-timeout", "250m"),
                                     .trailers = plus(trailer_fields("9"), "grpc-message", "not%20now")}));
  EXPECT_EQ(call.timeout, 250ms);
  EXPECT_EQ(call.status, 9);
  EXPECT_EQ(call.status_message, "not now");
}

TEST(Connection, TrailersOnly) {
  const Seen events = seen(asked().server(headers(1, trailers_only_fields("12"), EndStream::Yes)));
  EXPECT_THAT(events.roles, ElementsAre(BlockRole::Request, BlockRole::Response));
  EXPECT_EQ(events.calls.at(0).ending, Ending::Trailers);
  EXPECT_EQ(events.calls.at(0).status, 12);
}

TEST(Connection, InformationalResponsesArePassedOver) {
  const Seen events = seen(asked().server(headers(1, {{":status", "103"}}), headers(1, response_fields()),
                                          headers(1, trailer_fields(), EndStream::Yes)));
  EXPECT_THAT(events.roles, ElementsAre(BlockRole::Request, BlockRole::Informational, BlockRole::Response, BlockRole::Trailers));
  EXPECT_EQ(events.calls.at(0).http_status, 200);
}

TEST(Connection, ABlockInContinuationFramesIsOneBlock) {
  const Seen events = seen(greeted()
                               .client(headers_in_pieces(1, request_fields(), EndStream::Yes))
                               .server(headers(1, trailers_only_fields(), EndStream::Yes)));
  EXPECT_THAT(events.roles, ElementsAre(BlockRole::Request, BlockRole::Response));
  EXPECT_EQ(events.calls.at(0).path, "/testigo.greeter.v1.Greeter/Greet");
  EXPECT_TRUE(events.calls.at(0).request.ended);
}

TEST(Connection, TheServerMayAnswerBeforeTheRequestEnds) {
  Conversation c = greeted();
  c.client(headers(1, request_fields()), message(1, "a")).server(headers(1, trailers_only_fields("8"), EndStream::Yes));
  EXPECT_EQ(only_call(c).ending, Ending::Trailers);
  EXPECT_FALSE(only_call(c).request_delivered);
  c.server(rst_stream(1, http2::kNoError)).client(message(1, "b", EndStream::Yes));
  const Call call = only_call(c);
  EXPECT_EQ(call.ending, Ending::Trailers);
  EXPECT_EQ(call.end_packet, 5u);
}

TEST(Connection, DeliveredIsWhatTheServerAcknowledged) {
  EXPECT_FALSE(only_call(asked()).headers_delivered);
  EXPECT_TRUE(only_call(asked().server_acks()).headers_delivered);
  EXPECT_TRUE(only_call(asked().server_acks()).request_delivered);
  Conversation partly = greeted();
  partly.client(headers(1, request_fields())).server_acks().client(message(1, "x", EndStream::Yes));
  EXPECT_TRUE(only_call(partly).headers_delivered);
  EXPECT_FALSE(only_call(partly).request_delivered);
  Conversation unfinished = greeted();
  unfinished.client(headers(1, request_fields()), message(1, "x")).server_acks();
  EXPECT_FALSE(only_call(unfinished).request_delivered);
}

TEST(Connection, WhatFollowsEndStreamIsNotOfTheCall) {
  Conversation c = asked();
  c.server_acks().client(message(1, "more"), headers(1, {{"x-late", "1"}}));
  const Seen events = seen(c);
  EXPECT_EQ(events.calls.at(0).request.messages, 1u);
  EXPECT_TRUE(events.calls.at(0).request_delivered);
  EXPECT_THAT(events.roles, ElementsAre(BlockRole::Request, BlockRole::Unknown));
}

TEST(Connection, AReusedStreamOpensNoCall) {
  EXPECT_EQ(seen(unary().call({.stream = 1})).calls.size(), 1u);
  EXPECT_EQ(seen(unary().call({.stream = 3})).calls.size(), 2u);
}

}  // namespace
}  // namespace testigo::call
