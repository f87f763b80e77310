#include "call/connection.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <vector>

#include "call/testing/seen.h"

namespace testigo::call {
namespace {

using namespace std::chrono_literals;
using namespace testing;
using ::testing::ElementsAre;

TEST(Connection, ResetByEitherSide) {
  EXPECT_EQ(only_call(asked().client(rst_stream(1))).ending, Ending::ResetByClient);
  EXPECT_EQ(only_call(asked().client(rst_stream(1))).error_code, http2::kCancel);
  EXPECT_EQ(only_call(asked().server(rst_stream(1, http2::kInternalError))).ending, Ending::ResetByServer);
  EXPECT_EQ(only_call(asked().server(rst_stream(1, http2::kRefusedStream))).ending, Ending::Refused);
  EXPECT_EQ(only_call(asked().client(rst_stream(1, http2::kRefusedStream))).ending, Ending::ResetByClient);
}

TEST(Connection, AnAnsweredStreamIsNotRefused) {
  EXPECT_EQ(only_call(asked().server(headers(1, response_fields()), rst_stream(1, http2::kRefusedStream))).ending,
            Ending::ResetByServer);
}

TEST(Connection, EndWithoutStatus) {
  EXPECT_EQ(only_call(asked().server(headers(1, response_fields()), message(1, "x", EndStream::Yes))).ending,
            Ending::WithoutStatus);
  EXPECT_EQ(only_call(asked().server(headers(1, {{":status", "503"}}, EndStream::Yes))).ending, Ending::WithoutStatus);
}

TEST(Connection, AStatusThatIsNoNumberIsAStatus) {
  const Call call = only_call(unary({.trailers = trailer_fields("okay")}));
  EXPECT_EQ(call.ending, Ending::Trailers);
  EXPECT_FALSE(call.status);
}

TEST(Connection, GoawayRefusesWhatItDidNotProcess) {
  Conversation c = greeted();
  for (const StreamId id : {1u, 3u, 5u}) c.client(headers(id, request_fields()), message(id, "m", EndStream::Yes));
  c.server(headers(3, response_fields())).server(goaway(1));
  c.crossing().client(headers(7, request_fields(), EndStream::Yes));
  c.server(headers(1, trailers_only_fields("0"), EndStream::Yes), headers(3, trailer_fields(), EndStream::Yes)).server_closes();
  const Seen events = seen(c);
  std::vector<std::pair<StreamId, Ending>> endings;
  for (const Call& call : events.calls) endings.emplace_back(call.place.stream, call.ending);
  EXPECT_THAT(endings, ElementsAre(std::pair(1u, Ending::Trailers), std::pair(3u, Ending::Trailers), std::pair(5u, Ending::Refused),
                                   std::pair(7u, Ending::Refused)));
  EXPECT_TRUE(events.goaway);
}

// What the server said counts from when it said it, whatever else becomes of the stream.
TEST(Connection, ACallThatGoawayLeftOutEndedThen) {
  const auto check = [](Conversation c) {
    const Call call = only_call(c);
    EXPECT_EQ(call.ending, Ending::Refused);
    EXPECT_EQ(call.ended - call.started, 1ms);
    EXPECT_EQ(call.end_packet, 5u);
    EXPECT_EQ(call.error_code, 0u);
    EXPECT_EQ(seen(c).calls_open, 0u);
  };
  check(asked().server(goaway(0)));
  check(asked().server(goaway(0)).later(1s).server_closes().client_closes());
  check(asked().server(goaway(0)).later(1s).client(rst_stream(1)));
  check(asked().server(goaway(0)).later(1s).server(rst_stream(1, http2::kInternalError)));
  check(asked().server(goaway(0)).later(1s).server(headers(1, {{":status", "103"}})));
}

TEST(Connection, AnAnswerOfWhatGoawayLeftOutIsTold) {
  const Call call = only_call(asked()
                                  .server(goaway(0))
                                  .server(headers(1, response_fields()), message(1, "pong"))
                                  .later(1s)
                                  .server(headers(1, trailer_fields(), EndStream::Yes)));
  EXPECT_EQ(call.ending, Ending::Trailers);
  EXPECT_EQ(call.status, 0);
  EXPECT_EQ(call.response.messages, 1u);
  EXPECT_EQ(call.ended - call.started, 1003ms);
}

// Nobody waits for it for ever: a drain may take hours.
TEST(Connection, WhatGoawayLeftOutIsToldAfterAWhile) {
  Conversation c = greeted();
  for (const StreamId id : {1u, 3u, 5u}) c.client(headers(id, request_fields(), EndStream::Yes));
  c.server(goaway(3)).later(5s).server(goaway(1)).later(6s).server(ping('a')).later(8s).client(ping_ack('a'));
  c.later(3s).server(ping('b')).server(headers(1, trailers_only_fields("0"), EndStream::Yes));
  std::vector<std::pair<StreamId, Duration>> ends;
  for (const Call& call : seen(c).calls) ends.emplace_back(call.place.stream, call.ended - call.started);
  ASSERT_EQ(ends.size(), 3u);
  EXPECT_EQ(ends[0], std::pair(StreamId{5}, Duration(1ms)));
  EXPECT_EQ(ends[1], std::pair(StreamId{3}, Duration(5003ms)));
  EXPECT_EQ(ends[2].first, 1u);
}

// RFC 9113 section 5.1: HEADERS open a stream, END_HEADERS does not; a list that is too large may be refused before.
Conversation asking(const std::function<void(Conversation&)>& meanwhile) {
  const auto pieces = std::make_shared<std::vector<std::byte>>();
  Conversation c = greeted();
  c.client([pieces](http2::HpackEncoder& encoder, std::vector<std::byte>& out) {
    headers_in_pieces(1, request_fields())(encoder, *pieces);
    const std::size_t first = http2::kFrameHeaderBytes + 1;  // an octet in HEADERS
    out.insert(out.end(), pieces->begin(), pieces->begin() + first);
    pieces->erase(pieces->begin(), pieces->begin() + first);
  });
  meanwhile(c);
  c.crossing().client(
      [pieces](http2::HpackEncoder&, std::vector<std::byte>& out) {
        out.insert(out.end(), pieces->begin(), pieces->end());
        pieces->clear();
      },
      message(1, "ping", EndStream::Yes));
  return c;
}

TEST(Connection, ACallMayBeResetBeforeItsHeadersAreWhole) {
  const Call call =
      only_call(asking([](Conversation& c) { c.server(rst_stream(1, http2::kEnhanceYourCalm)); }).later(5s).server(ping('p')));
  EXPECT_EQ(call.ending, Ending::ResetByServer);
  EXPECT_EQ(call.error_code, http2::kEnhanceYourCalm);
  EXPECT_EQ(call.ended - call.started, 1ms);
  EXPECT_EQ(call.path, only_call(asked()).path);
}

TEST(Connection, ACallMayBeAnsweredBeforeItsHeadersAreWhole) {
  const auto answer = [](Conversation& c) {
    c.server(headers(1, trailers_only_fields("8"), EndStream::Yes), rst_stream(1, http2::kNoError));
  };
  const Conversation whole = asking(answer);
  const Call call = only_call(whole);
  EXPECT_EQ(call.ending, Ending::Trailers);
  EXPECT_EQ(call.status, 8);
  EXPECT_EQ(call.ended - call.started, 1ms);
  EXPECT_EQ(seen(whole).roles, (std::vector{BlockRole::Request, BlockRole::Response}));

  const Seen served = seen(asking([](Conversation& c) {
                             c.server(headers(1, response_fields()), message(1, "pong"));
                           }).server(headers(1, trailer_fields(), EndStream::Yes)));
  EXPECT_EQ(served.roles, (std::vector{BlockRole::Request, BlockRole::Response, BlockRole::Trailers}));
  ASSERT_EQ(served.calls.size(), 1u);
  EXPECT_EQ(served.calls[0].status, 0);
  EXPECT_EQ(served.calls[0].response.messages, 1u);
  EXPECT_EQ(served.view.answer_frames, 3u);
}

// What is too much to keep is not told, and nothing is made up.
TEST(Connection, AnAnswerThatIsTooLongForItIsLost) {
  Limits limits;
  limits.block_bytes_max = 1000;
  const Seen events = seen(asking([](Conversation& c) {
                             c.server(headers(1, response_fields()), message(1, std::string(2000, 'x')));
                           }).server(headers(1, trailers_only_fields("0"), EndStream::Yes)),
                           limits);
  ASSERT_EQ(events.calls.size(), 1u);
  EXPECT_FALSE(events.calls[0].response.messages_known);
  EXPECT_EQ(events.calls[0].response.messages, 0u);
}

TEST(Connection, AGracefulGoawayRefusesNothing) {
  const Seen events = seen(asked().server(goaway(0x7fff'ffff)).server(headers(1, trailers_only_fields("0"), EndStream::Yes)));
  EXPECT_EQ(events.calls.at(0).ending, Ending::Trailers);
}

TEST(Connection, LostByFinOfTheServer) {
  const Seen events = seen(asked().server_closes().client_closes());
  EXPECT_EQ(events.calls.at(0).ending, Ending::ConnectionLost);
  EXPECT_EQ(events.calls.at(0).end_packet, 5u);
  EXPECT_EQ(events.calls_open, 1u);
  EXPECT_FALSE(events.goaway);
}

TEST(Connection, LostByResetOfEither) {
  EXPECT_EQ(only_call(asked().server_closes(tcp::Closing::Reset)).ending, Ending::ConnectionLost);
  EXPECT_EQ(only_call(asked().client_closes(tcp::Closing::Reset)).ending, Ending::ConnectionLost);
}

TEST(Connection, AClientThatHalfClosesIsStillAnswered) {
  Conversation c = asked();
  c.client_closes().server(headers(1, trailers_only_fields("0"), EndStream::Yes)).server_closes();
  EXPECT_EQ(only_call(c).ending, Ending::Trailers);
  EXPECT_EQ(seen(c).calls_open, 0u);
}

TEST(Connection, StillOpenWhenTheRunEnds) {
  const Seen events = seen(asked());
  EXPECT_EQ(events.calls.at(0).ending, Ending::StillOpen);
  EXPECT_EQ(events.calls.at(0).end_packet, 0u);
  EXPECT_EQ(events.calls_open, 1u);
  EXPECT_TRUE(events.closed);
}

}  // namespace
}  // namespace testigo::call
