// What comes on a stream before it is answered, and after it was reset: ST06, ST07, ST10, ST11, ST12.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "check/testing/judged.h"

namespace testigo::check {
namespace {

using namespace call::testing;
using namespace testing;

using call::StreamId;
using Names = std::vector<std::string>;

Conversation asked() {
  Conversation c = greeted();
  return c.client(headers(1, request_fields()));
}
Conversation answered() { return asked().server(headers(1, response_fields())); }
Conversation reset_by_client() { return asked().client(rst_stream(1)); }
Conversation reset_by_server() { return asked().server(rst_stream(1)); }

TEST(St06, NothingAfterOwnReset) {
  EXPECT_EQ(findings(reset_by_client().client(data(1, "x"))), only("ST06 error"));
  EXPECT_EQ(findings(reset_by_client().client(headers(1, {{"x-late", "1"}}))), only("ST06 error"));
  EXPECT_EQ(findings(answered().server(rst_stream(1), data(1, "x"))), only("ST06 error"));
  EXPECT_EQ(findings(reset_by_client().client(priority(1))), nothing());
  EXPECT_EQ(outcome(reset_by_client(), "ST06"), "pass");
}

// grpc-go writes it without looking at the stream's state.
TEST(St06, AWindowUpdateIsAWarning) { EXPECT_EQ(findings(reset_by_client().client(window_update(1))), only("ST06 warning")); }

TEST(St06, AFurtherResetIsExempt) { EXPECT_EQ(findings(reset_by_client().client(rst_stream(1))), nothing()); }

// Without proof that the first had been read it is a remark: a busy reader lags.
TEST(St07, AResetIsNotAnsweredInKind) {
  EXPECT_EQ(findings(reset_by_client().client(ping('p')).server(ping_ack('p'), rst_stream(1))), only("ST07 warning"));
  EXPECT_EQ(findings(reset_by_server().server(settings()).client(settings_ack(), rst_stream(1))), only("ST07 warning"));
  EXPECT_EQ(findings(reset_by_client().server(rst_stream(1))), only("ST07 info"));
  EXPECT_EQ(findings(asked().client(ping('p'), rst_stream(1)).server(ping_ack('p'), rst_stream(1))), only("ST07 info"));
}

TEST(St07, ThoseThatCrossAreExempt) { EXPECT_EQ(findings(reset_by_client().crossing().server(rst_stream(1))), nothing()); }

// PH2, Early Server Closure.
TEST(St07, AfterTrailersBothMayReset) {
  Conversation c = asked();
  c.server(headers(1, trailers_only_fields(), EndStream::Yes), rst_stream(1, http2::kNoError), ping('p'));
  EXPECT_EQ(findings(c.client(ping_ack('p'), rst_stream(1))), nothing());
}

TEST(St10, WhatWasAnsweredIsNotRefused) {
  EXPECT_EQ(findings(answered().server(rst_stream(1, http2::kRefusedStream))), only("ST10 error"));
  EXPECT_EQ(findings(asked().server(rst_stream(1, http2::kRefusedStream))), nothing());
  EXPECT_EQ(findings(answered().server(rst_stream(1, http2::kInternalError))), nothing());
}

TEST(St10, GoawayNamesTheHighestThatWasActedUpon) {
  EXPECT_EQ(findings(answered().server(goaway(0))), only("ST10 error"));
  EXPECT_EQ(findings(unary().server(goaway(0))), only("ST10 error"));
  EXPECT_EQ(findings(answered().server(goaway(1))), nothing());
  EXPECT_EQ(findings(asked().server(goaway(0))), nothing());
  EXPECT_EQ(findings(answered().client(goaway(0))), nothing());  // the client speaks of the server's streams
}

// A 1xx is made without the call, too.
TEST(St10, InformationalHeadersAreNoAnswer) {
  const auto continued = [] { return asked().server(headers(1, {{":status", "103"}})); };
  EXPECT_EQ(findings(continued().server(goaway(0))), nothing());
  EXPECT_EQ(findings(continued().server(rst_stream(1, http2::kRefusedStream))), nothing());
  EXPECT_EQ(findings(continued().server(headers(1, response_fields()), goaway(0))), only("ST10 error"));
  Conversation below = greeted();
  below.client(headers(1, request_fields())).client(headers(3, request_fields()));
  below.server(headers(1, response_fields()), headers(3, {{":status", "103"}}));
  EXPECT_EQ(findings(below.server(goaway(0))), only("ST10 error"));
}

// RFC 9113 section 6.8: the call was not processed, and will not be.
TEST(St10, WhatGoawayLeftOutIsNotServed) {
  const auto served = [](Conversation c, StreamId stream) {
    c.server(headers(stream, response_fields()), message(stream, "pong"), headers(stream, trailer_fields(), EndStream::Yes));
    return of("ST", findings(c));
  };
  const auto left_out = [] {
    return greeted().client(headers(1, request_fields()), message(1, "ping", EndStream::Yes)).server(goaway(0));
  };
  EXPECT_EQ(served(left_out(), 1), only("ST10 error"));
  EXPECT_EQ(findings(left_out().server(headers(1, response_fields()), message(1, "pong"), rst_stream(1))), only("ST10 error"));
  Conversation crossed = greeted();
  crossed.server(goaway(0)).crossing().client(headers(1, request_fields()), message(1, "ping", EndStream::Yes));
  EXPECT_EQ(served(crossed, 1), only("ST10 error"));
  Conversation later = greeted();
  later.server(goaway(0x7fff'ffff)).client(headers(1, request_fields()), message(1, "ping", EndStream::Yes));
  EXPECT_EQ(served(later, 1), nothing());
  EXPECT_EQ(served(greeted().client(headers(1, request_fields()), message(1, "ping", EndStream::Yes)).server(goaway(1)), 1),
            nothing());
}

// It may come from whoever took nothing up.
TEST(St10, WhatGoawayLeftOutMayBeToldAnError) {
  const auto left_out = [] {
    return greeted().client(headers(1, request_fields()), message(1, "ping", EndStream::Yes)).server(goaway(0));
  };
  EXPECT_EQ(findings(left_out().server(headers(1, trailers_only_fields("14"), EndStream::Yes))), nothing());
  EXPECT_EQ(findings(left_out().server(headers(1, {{":status", "103"}}))), nothing());
}

TEST(St11, NothingAfterAResetThatWasRead) {
  EXPECT_EQ(findings(reset_by_server().server(ping('p')).client(ping_ack('p'), data(1, "x"))), only("ST11 warning"));
  EXPECT_EQ(findings(reset_by_server().server(ping('p')).client(ping_ack('p'), window_update(1))), only("ST11 warning"));
  EXPECT_EQ(findings(answered().client(rst_stream(1), ping('p')).server(ping_ack('p'), data(1, "x"))), only("ST11 warning"));
  EXPECT_EQ(findings(reset_by_server().server(ping('p')).client(ping_ack('p'), priority(1))), nothing());
}

TEST(St11, WithoutProofItIsNone) {
  EXPECT_EQ(findings(reset_by_server().client(data(1, "x"))), nothing());
  EXPECT_EQ(findings(asked().server(ping('p'), rst_stream(1)).client(ping_ack('p'), data(1, "x"))), nothing());
}

TEST(St12, DataFollowTheResponseHeaders) {
  EXPECT_EQ(findings(asked().server(data(1, ""))), only("ST12 error"));
  EXPECT_EQ(findings(answered().server(data(1, ""))), nothing());
}

// Section 8.1: a final status, not 1xx.
TEST(St12, InformationalHeadersAreNotThem) {
  EXPECT_EQ(findings(asked().server(headers(1, {{":status", "103"}}), data(1, ""))), only("ST12 error"));
  EXPECT_EQ(findings(asked().server(headers(1, {{":status", "103"}}), headers(1, response_fields()), data(1, ""))), nothing());
}

TEST(St12, AnswersOfMoreStreamsThanAreFollowed) {
  Limits limits;
  limits.streams_max = 10;
  Conversation c = greeted();
  for (StreamId id = 1; id < 100; id += 2) c.client(headers(id, request_fields()));
  for (StreamId id = 1; id < 100; id += 2) c.server(data(id, ""));
  EXPECT_EQ(findings(c, limits), nothing());
  for (const std::string_view id : {"ST05", "ST06", "ST07", "ST10", "ST11", "ST12", "FC01"}) {
    EXPECT_EQ(outcome(c, id, limits), "not-judgeable") << id;
  }
}

}  // namespace
}  // namespace testigo::check
