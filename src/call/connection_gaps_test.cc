// Octets that were not seen, and what is told of frames and messages around them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "call/testing/cut_wire.h"

namespace testigo::call {
namespace {

using namespace testing;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

// 9 octets of frame header, 5 of prefix.
TEST(Gaps, InsideAMessageCostsThatMessage) {
  Wire wire = asked_wire();
  wire.client(message(1, "0123456789")).cut(9 + 5 + 3, 4).client(message(1, "next", EndStream::Yes));
  answer(wire, 1);
  const WireSeen events = seen(wire);
  EXPECT_THAT(events.messages, ElementsAre("012", "next"));
  EXPECT_THAT(events.lost, ElementsAre(4u, 0u));
  ASSERT_EQ(events.calls.size(), 1u);
  EXPECT_TRUE(events.calls[0].request.ended);
  EXPECT_TRUE(events.calls[0].request.messages_known);
  EXPECT_TRUE(events.calls[0].request.behind_gap);
  EXPECT_EQ(events.calls[0].request.bytes, 15u + 9u);
  EXPECT_EQ(events.calls[0].status, 0);
  EXPECT_TRUE(events.calls[0].request_delivered);
  EXPECT_TRUE(events.view.gap_to_server);
}

TEST(Gaps, WhereAPrefixMayBeLostMessagesAreNotToldApart) {
  for (const std::size_t from : {9u, 11u, 14u}) {
    Wire wire = asked_wire();
    wire.client(message(1, "first"));
    wire.client(message(1, "0123")).cut(from, from == 14 ? 4 : 3);
    wire.client(message(1, "next", EndStream::Yes));
    answer(wire, 1);
    const WireSeen events = seen(wire);
    if (from == 14) {  // all of it, up to its last octet
      EXPECT_THAT(events.messages, ElementsAre("first", "", "next"));
    } else {
      EXPECT_THAT(events.messages, ElementsAre("first")) << from;
      EXPECT_FALSE(events.calls.at(0).request.messages_known);
    }
    EXPECT_TRUE(events.calls.at(0).request.ended);
  }
}

TEST(Gaps, TheEndOfTheStreamIsInTheFrameHeader) {
  Wire wire = asked_wire();
  wire.client(message(1, "0123456789", EndStream::Yes)).cut(9, 15);
  answer(wire, 1);
  const WireSeen events = seen(wire);
  EXPECT_TRUE(events.calls.at(0).request.ended);
  EXPECT_EQ(events.calls.at(0).ending, Ending::Trailers);
}

// Its header was seen, so that the next frame begins where the length says.
TEST(Gaps, OneThatEndsWithTheFrameIsHarmless) {
  Wire wire = asked_wire();
  wire.client(message(1, "0123456789")).cut(20, 4);
  for (StreamId stream = 3; stream < 9; stream += 2) {
    wire.client(headers(stream, request_fields(), EndStream::Yes))
        .server(headers(stream, trailers_only_fields("5"), EndStream::Yes));
  }
  const WireSeen events = seen(wire);
  ASSERT_EQ(events.calls.size(), 4u);
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(events.calls[i].path_known, http2::Known::Exact);
    EXPECT_EQ(events.calls[i].status, 5);
    EXPECT_TRUE(events.calls[i].opened_behind_gap);
  }
}

// The block is read up to the cut; what was inserted before stays exact, what refers past it is in doubt.
TEST(Gaps, ABlockIsLostFromTheCutOn) {
  Wire wire = greeted_wire();
  wire.client(headers(1, plus(request_fields("/a.B/C"), "x-secret", "0123456789"), EndStream::Yes));
  wire.cut(wire.last_size() - 4, 3);
  wire.server(headers(1, trailers_only_fields("0"), EndStream::Yes));
  wire.client(headers(3, request_fields("/a.B/C"), EndStream::Yes)).server(headers(3, trailers_only_fields(), EndStream::Yes));
  const WireSeen events = seen(wire);
  ASSERT_EQ(events.calls.size(), 2u);
  EXPECT_EQ(events.calls[0].path, "/a.B/C");
  EXPECT_TRUE(events.calls[0].request.ended);
  EXPECT_EQ(events.calls[1].path_known, http2::Known::Unknown);
  EXPECT_NE(events.calls[1].unknown_method, 0u);
}

// Such a block is read when the next octets of the client come: what the server said before is no part of the call, and what it
// says then may be the end of an answer of which nothing was read.
TEST(Gaps, WhatAnswersACutBlockMayBeTheEndOfAnAnswer) {
  const auto answered = [](const Part& first) {
    Wire wire = greeted_wire();
    wire.client(headers(1, plus(request_fields("/a.B/C"), "x-secret", "0123456789"), EndStream::Yes));
    wire.cut(wire.last_size() - 4, 3).server(first).ahead();
    wire.server(message(1, "more"));
    answer(wire, 1);
    return seen(wire);
  };
  const WireSeen events = answered(headers(1, response_fields()));
  EXPECT_THAT(events.answers, ElementsAre(BlockRole::Unknown, BlockRole::Unknown));
  EXPECT_THAT(events.messages, IsEmpty());
  ASSERT_EQ(events.calls.size(), 1u);
  EXPECT_FALSE(events.calls[0].response.messages_known);
  EXPECT_EQ(events.calls[0].status, 0);
  EXPECT_EQ(events.calls[0].ending, Ending::Trailers);
  EXPECT_THAT(answered(message(1, "begun")).answers, ElementsAre(BlockRole::Unknown));
  EXPECT_THAT(answered(settings()).answers, ElementsAre(BlockRole::Response));  // which lacks its :status
}

// Payloads of other types are lost and nothing else: RST_STREAM still resets the stream that it names.
TEST(Gaps, InsideOtherFrames) {
  Wire wire = asked_wire();
  wire.client(rst_stream(1)).cut(10, 2);
  wire.client(settings({{http2::kSettingMaxConcurrentStreams, 5}})).cut(9, 6);
  wire.client(headers(3, request_fields(), EndStream::Yes));
  const WireSeen events = seen(wire);
  ASSERT_EQ(events.calls.size(), 2u);
  EXPECT_EQ(events.calls[0].ending, Ending::ResetByClient);
  EXPECT_EQ(events.calls[1].path_known, http2::Known::Exact);
}

TEST(Gaps, NotFromTheStartIsRecognisedByTheShapeOfFrames) {
  Conversation conversation = Conversation().not_from_start();
  for (StreamId stream = 101; stream < 4101; stream += 2) conversation.call({.stream = stream});
  WireSeen events;
  conversation.play(events);
  EXPECT_EQ(events.view.client_opening, http2::Opening::Http2);
  EXPECT_EQ(events.view.server_opening, http2::Opening::Http2);
  EXPECT_GT(events.calls.size(), 200u);
  for (const Call& call : events.calls) {
    EXPECT_TRUE(call.opened_behind_gap);
    EXPECT_FALSE(call.request_delivered);
  }
  EXPECT_EQ(events.calls.back().http_status, 200);
  EXPECT_EQ(events.calls.back().status, std::nullopt);  // it refers to an entry that was made before
  EXPECT_NE(events.calls.back().unknown_method, 0u);
  EXPECT_EQ(events.calls.back().unknown_method, events.calls[events.calls.size() - 2].unknown_method);
}

TEST(Gaps, WhatIsNoHttp2IsNotReadWhenItBeganUnseen) {
  Conversation conversation = Conversation().not_from_start();
  for (int i = 0; i < 200; ++i) conversation.client(octets(std::string(10'000, static_cast<char>(i * 37))));
  WireSeen events;
  conversation.play(events);
  EXPECT_EQ(events.view.client_opening, http2::Opening::NeedMore);
  EXPECT_THAT(events.calls, IsEmpty());
}

}  // namespace
}  // namespace testigo::call
