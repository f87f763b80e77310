#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "check/testing/judged.h"

namespace testigo::check {
namespace {

using namespace call::testing;
using namespace testing;
using namespace std::chrono_literals;

using call::StreamId;
using Names = std::vector<std::string>;

Part ask(StreamId stream) { return headers(stream, request_fields()); }
Part answer(StreamId stream) { return headers(stream, trailers_only_fields(), EndStream::Yes); }

TEST(St01, TheClientOpensOddStreams) {
  EXPECT_EQ(findings(greeted().client(ask(2))), only("ST01 error"));
  EXPECT_EQ(findings(greeted().client(ask(3))), nothing());  // grpc-java begins with 3
}

TEST(St01, TheServerPromisesEvenStreams) {
  EXPECT_EQ(findings(greeted().client(ask(1)).server(push_promise(1, 3, request_fields()))), only("ST01 error"));
  EXPECT_EQ(findings(greeted().client(ask(1)).server(push_promise(1, 2, request_fields()))), nothing());
}

TEST(St02, IdsRise) {
  EXPECT_EQ(findings(greeted().client(ask(5)).client(ask(3))), only("ST02 error"));
  EXPECT_EQ(findings(greeted().client(ask(3)).client(ask(7))), nothing());
  const Conversation promises =
      greeted().client(ask(1)).server(push_promise(1, 4, request_fields()), push_promise(1, 2, request_fields()));
  EXPECT_EQ(findings(promises), only("ST02 error"));
}

TEST(St02, AReusedIdIsAlsoAClosedStream) {
  EXPECT_EQ(findings(unary().client(ask(1))), (Names{"ST02 error", "ST05 error"}));
  Conversation later = unary();
  later.call({.stream = 5}).call({.stream = 9}).client(ask(5));
  EXPECT_EQ(findings(later), (Names{"ST02 error", "ST05 error"}));
}

Conversation limited(std::uint32_t limit) { return greeted({{http2::kSettingMaxConcurrentStreams, limit}}); }

TEST(St03, MoreThanTheServerAllows) {
  EXPECT_EQ(findings(limited(1).client(ask(1)).client(ask(3))), only("ST03 error"));
  EXPECT_EQ(findings(limited(2).client(ask(1)).client(ask(3))), nothing());
  EXPECT_EQ(findings(limited(0).client(ask(1))), only("ST03 error"));
}

TEST(St03, WhatHasEndedCountsNoMore) {
  Conversation c = limited(1);
  c.client(ask(1), end_of_data(1))
      .server(answer(1))
      .client(ask(3), rst_stream(3))
      .client(ask(5))
      .server(rst_stream(5))
      .client(ask(7));
  EXPECT_EQ(findings(c), nothing());
}

TEST(St03, HalfClosedStreamsCount) {
  EXPECT_EQ(findings(limited(1).client(ask(1), end_of_data(1)).client(ask(3))), only("ST03 error"));
  EXPECT_EQ(findings(limited(1).client(ask(1)).server(answer(1)).client(ask(3))), only("ST03 error"));
}

// RULE 1: lowering binds from the acknowledgement, raising counts from receipt.
TEST(St03, TheLimitInForce) {
  Conversation before_ack;
  before_ack.client(preface(), settings(), ask(1), ask(3))
      .server(settings({{http2::kSettingMaxConcurrentStreams, 1}}), settings_ack());
  before_ack.client(ask(5)).client(settings_ack());
  EXPECT_EQ(findings(before_ack), nothing());
  EXPECT_EQ(findings(before_ack.client(ask(7))), only("ST03 error"));

  Conversation raised = limited(1);
  raised.client(ask(1)).server(settings({{http2::kSettingMaxConcurrentStreams, 2}})).client(ask(3), settings_ack());
  EXPECT_EQ(findings(raised), nothing());
  Conversation lowered = limited(2);
  lowered.client(ask(1)).server(settings({{http2::kSettingMaxConcurrentStreams, 1}})).client(ask(3), settings_ack());
  EXPECT_EQ(findings(lowered), nothing());
  EXPECT_EQ(findings(lowered.client(ask(5))), only("ST03 error"));
  Conversation twice = limited(1);
  twice.server(settings({{http2::kSettingMaxConcurrentStreams, 9}}), settings({{http2::kSettingMaxConcurrentStreams, 1}}));
  twice.client(settings_ack(), ask(1), ask(3)).client(settings_ack()).client(ask(5));
  EXPECT_EQ(findings(twice), only("ST03 error"));
  Conversation other_setting = limited(1);
  other_setting.server(settings({{http2::kSettingInitialWindowSize, 9}})).client(settings_ack(), ask(1), ask(3));
  EXPECT_EQ(findings(other_setting), only("ST03 error"));
}

TEST(St03, AFloodOfSettingsIsNotJudgeable) {
  Limits limits;
  limits.pending_settings_max = 10;
  Conversation c = limited(1);
  for (int i = 0; i < 20; ++i) c.server(settings({{http2::kSettingMaxConcurrentStreams, 1}}));
  c.server(settings({{http2::kSettingMaxConcurrentStreams, 5}}));
  for (int i = 0; i < 21; ++i) c.client(settings_ack());
  c.client(ask(1), ask(3));
  EXPECT_EQ(findings(c, limits), nothing());
  EXPECT_EQ(outcome(c, "ST03", limits), "not-judgeable");
}

TEST(St04, AnIdleStreamTakesHeadersAndPriorityOnly) {
  for (const Part& part : {data(1, "x"), rst_stream(1), window_update(1)}) {
    EXPECT_EQ(findings(greeted().client(part)), only("ST04 error"));
    EXPECT_EQ(findings(greeted().server(part)), only("ST04 error"));
  }
  EXPECT_EQ(findings(greeted().client(priority(1), ask(1))), nothing());
  EXPECT_EQ(findings(greeted().server(answer(1))), only("ST04 error"));
  EXPECT_EQ(findings(greeted().server(answer(2))), only("ST04 error"));
}

TEST(St04, AStreamThatWasPassedOverWasNeverOpened) {
  EXPECT_EQ(findings(greeted().client(ask(5)).client(data(3, "x"))), only("ST04 error"));
  EXPECT_EQ(findings(greeted().client(ask(5)).server(answer(3))), only("ST04 error"));
  EXPECT_EQ(findings(greeted().client(frame(static_cast<http2::FrameType>(0x2f), 0, 9, "unknown types are ignored"))), nothing());
}

// RULE 0: the captured order of the two directions may be wrong; what the ACK numbers do not prove is not held against the server.
TEST(St04, AnAnswerSeenBeforeItsRequest) {
  const Conversation c = greeted().acking(1000).server(answer(1)).client(ask(1), end_of_data(1));
  EXPECT_EQ(findings(c), nothing());
  EXPECT_EQ(outcome(c, "ST04"), "not-judgeable");
}

TEST(St05, NothingAfterOwnEndStream) {
  EXPECT_EQ(findings(greeted().client(ask(1), end_of_data(1), data(1, "x"))), only("ST05 error"));
  EXPECT_EQ(findings(greeted().client(ask(1), end_of_data(1), headers(1, {{"x-late", "1"}}))), (Names{"ST05 error", "RQ13 error"}));
  EXPECT_EQ(findings(greeted().client(ask(1)).server(answer(1), data(1, "x"))), only("ST05 error"));
  EXPECT_EQ(findings(unary().server(data(1, "x"))), only("ST05 error"));
  EXPECT_EQ(findings(unary().client(window_update(1), rst_stream(1), priority(1))), nothing());
}

// Section 6.6.
TEST(St05, NoPushBehindOwnEndStream) {
  const Part promise = push_promise(1, 2, request_fields());
  EXPECT_EQ(findings(greeted().client(ask(1)).server(promise, answer(1))), nothing());
  EXPECT_EQ(findings(greeted().client(ask(1), end_of_data(1)).server(promise, answer(1))), nothing());
  EXPECT_EQ(findings(greeted().client(ask(1)).server(answer(1), promise)), only("ST05 error"));
  EXPECT_EQ(findings(unary().server(promise)), only("ST05 error"));
  EXPECT_EQ(findings(unary().client(promise)), only("CN17 error"));
}

TEST(St05, AResetDoesNotUndoTheEndStream) {
  EXPECT_EQ(findings(greeted().client(ask(1), end_of_data(1), rst_stream(1), data(1, "x"))), only("ST05 error"));
  EXPECT_EQ(findings(greeted().client(ask(1), rst_stream(1), data(1, "x"))), only("ST06 error"));
}

TEST(St05, WhatCrossesAResetIsNone) {
  EXPECT_EQ(findings(greeted().client(ask(1)).server(rst_stream(1)).crossing().client(data(1, "x"), end_of_data(1))), nothing());
  EXPECT_EQ(
      findings(greeted().client(ask(1), rst_stream(1)).crossing().server(headers(1, response_fields()), data(1, ""), answer(1))),
      nothing());
}

// A stream that a reset closed and the other side then ended: what follows the own reset is ST06, never ST05.
TEST(St05, AfterAResetAndAnEndStream) {
  Conversation c = greeted();
  c.client(ask(1)).server(rst_stream(1)).crossing().client(end_of_data(1)).server(data(1, "x"));
  EXPECT_EQ(findings(c), only("ST06 error"));
  EXPECT_EQ(findings(c.client(data(1, "y"))), (Names{"ST06 error", "ST05 error"}));
}

TEST(St05, ResetsOfLongAgoAreNotJudgeable) {
  Conversation c = greeted();
  for (StreamId id = 1; id < 2 * 1200; id += 2) c.later(50ms).client(ask(id), rst_stream(id));
  EXPECT_EQ(outcome(c, "ST05"), "not-observed");
  c.server(data(1, "very late"));
  EXPECT_EQ(findings(c), nothing());
  EXPECT_EQ(outcome(c, "ST05"), "not-judgeable");
}

}  // namespace
}  // namespace testigo::check
