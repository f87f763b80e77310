#include "call/connection.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "call/model.h"
#include "call/testing/conversation.h"
#include "call/testing/event_log.h"

namespace testigo::call {
namespace {

using namespace testing;
using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

// What is left of the events when the connection is over.
struct Seen final : Sink {
  std::vector<Call> calls;
  std::vector<BlockRole> roles;
  std::vector<std::string> messages;
  std::size_t frames = 0;
  ConnectionView view;
  std::uint64_t calls_open = 0;
  bool goaway = false;
  bool closed = false;
  std::vector<std::string> openings;

  void on_opening(const ConnectionView&, const Spot& spot, http2::Opening opening) override {
    openings.push_back((spot.direction == Direction::ToServer ? "client " : "server ") + std::to_string(static_cast<int>(opening)));
  }
  void on_frame(const FrameSeen&) override { ++frames; }
  void on_block(const BlockSeen& seen) override { roles.push_back(seen.role); }
  void on_message(const MessageSeen& seen) override { messages.emplace_back(as_text(seen.message.octets)); }
  void on_call(const CallClosed& call) override { calls.push_back(call.call); }
  void on_connection_closed(const ConnectionClosed& seen) override {
    view = seen.connection;
    calls_open = seen.calls_open;
    goaway = seen.goaway;
    closed = true;
  }
};

Seen seen(const Conversation& conversation, const Limits& limits = {}) {
  Seen sink;
  conversation.play(sink, limits);
  return sink;
}

Call only_call(const Conversation& conversation) {
  const Seen events = seen(conversation);
  EXPECT_EQ(events.calls.size(), 1u);
  return events.calls.empty() ? Call{} : events.calls.front();
}

Conversation asked() { return greeted().client(headers(1, request_fields()), message(1, "ping", EndStream::Yes)); }

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
  EXPECT_THAT(endings, ElementsAre(std::pair(5u, Ending::Refused), std::pair(1u, Ending::Trailers), std::pair(3u, Ending::Trailers),
                                   std::pair(7u, Ending::Refused)));
  EXPECT_TRUE(events.goaway);
}

TEST(Connection, AGracefulGoawayRefusesNothing) {
  const Seen events = seen(asked().server(goaway(0x7fff'ffff)).server(headers(1, trailers_only_fields("0"), EndStream::Yes)));
  EXPECT_EQ(events.calls.at(0).ending, Ending::Trailers);
}

// A flood of GOAWAY over many open streams must not visit each stream for each of them: this would take minutes.
TEST(Connection, AFloodOfGoawayIsCheap) {
  Conversation c = greeted();
  constexpr StreamId kStreams = 20'000;
  for (StreamId i = 0; i < kStreams; ++i)
    c.client(headers(2 * i + 1, request_fields())).server(headers(2 * i + 1, response_fields()));
  for (StreamId i = 0; i < kStreams; ++i) c.server(goaway(2 * (kStreams - i)));
  EXPECT_EQ(seen(c).calls.size(), kStreams);
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

TEST(Connection, AnInterruptedBlockIsLostWithItsCall) {
  Conversation c = greeted();
  c.client(headers_begun(1, request_fields(), EndStream::Yes), ping('p'))
      .server(headers(1, trailers_only_fields(), EndStream::Yes));
  const Seen events = seen(c);
  EXPECT_THAT(events.calls, IsEmpty());
  EXPECT_THAT(events.roles, ElementsAre(BlockRole::Unknown));
  EXPECT_EQ(events.view.calls_not_followed, 1u);
}

TEST(Connection, LostTrailersEndTheCallAllTheSame) {
  for (const Part& trailers :
       {frame(http2::FrameType::Headers, 0x0d, 1, "\xff"), headers_begun(1, trailer_fields(), EndStream::Yes)}) {
    const Call call = only_call(asked().server(headers(1, response_fields()), message(1, "x")).server(trailers, ping('p')));
    EXPECT_EQ(call.ending, Ending::Trailers);
    EXPECT_FALSE(call.status);
  }
}

TEST(Connection, ABlockOverTheLimitIsLost) {
  Limits limits;
  limits.block_bytes_max = 1000;
  Conversation c = greeted();
  c.client(headers_in_pieces(1, plus(request_fields(), "x-long", std::string(2000, '\x01')), EndStream::Yes));
  EXPECT_EQ(seen(c).calls.size(), 1u);
  EXPECT_EQ(seen(c, limits).calls.size(), 0u);
  EXPECT_EQ(seen(c, limits).view.calls_not_followed, 1u);
}

TEST(Connection, DataThatCannotBeReadEndsTheMessages) {
  Conversation c = greeted();
  c.client(headers(1, request_fields()), message(1, "a"), frame(http2::FrameType::Data, 0x08, 1, "\xff"),
           message(1, "b", EndStream::Yes));
  const Call call = only_call(c);
  EXPECT_EQ(call.request.messages, 1u);
  EXPECT_FALSE(call.request.messages_known);
  EXPECT_TRUE(call.request.ended);
}

TEST(Connection, AMalformedResetResetsAllTheSame) {
  EXPECT_EQ(only_call(asked().client(frame(http2::FrameType::RstStream, 0, 1, "abcde"))).ending, Ending::ResetByClient);
}

TEST(Connection, AnHttp1Server) {
  Conversation c;
  c.client(preface(), settings()).client(headers(1, request_fields(), EndStream::Yes));
  const Seen events = seen(c.server(octets("HTTP/1.1 400 Bad Request\r\n\r\n")).server_closes().client_closes());
  EXPECT_THAT(events.openings, ElementsAre("client 1", "server 2"));
  EXPECT_EQ(events.view.server_first, "HTTP/1.1 400 Bad Request\r\n\r\n");
  EXPECT_EQ(events.view.server_first_packet, 3u);
  EXPECT_EQ(events.calls.at(0).ending, Ending::ConnectionLost);
}

TEST(Connection, TlsIsNotLookedInto) {
  Conversation c;
  c.client(octets(std::string("\x16\x03\x01\x02\x00", 5) + std::string(http2::kPreface)))
      .server(octets(std::string("\x16\x03\x03\x00\x7a", 5)));
  const Seen events = seen(c);
  EXPECT_THAT(events.openings, ElementsAre("client 3", "server 3"));
  EXPECT_EQ(events.frames, 0u);
}

TEST(Connection, WhatAnHttp1ClientIsToldIsNoHttp2) {
  Conversation c;
  c.client(octets("GET / HTTP/1.1\r\n\r\n")).server(settings(), goaway(0, http2::kProtocolError));
  EXPECT_EQ(seen(c).frames, 0u);
}

TEST(Connection, ThePrefaceCutAnywhere) {
  for (std::size_t at = 0; at <= http2::kPreface.size(); ++at) {
    Conversation c;
    c.client(octets(http2::kPreface.substr(0, at))).client(octets(http2::kPreface.substr(at)), settings());
    c.server(settings(), settings_ack()).client(settings_ack()).call();
    const Seen events = seen(c);
    EXPECT_EQ(events.view.client_opening, http2::Opening::Http2) << at;
    EXPECT_EQ(events.calls.size(), 1u) << at;
  }
}

TEST(Connection, APrefaceThatNeverEndsIsNoOpening) {
  Conversation c;
  c.client(octets(http2::kPreface.substr(0, 23))).client_closes().server_closes();
  EXPECT_THAT(seen(c).openings, IsEmpty());
  EXPECT_EQ(seen(c).view.client_first, http2::kPreface.substr(0, 23));
}

TEST(Connection, AGapMakesItsDirectionBlind) {
  Conversation c = greeted();
  c.call().client(headers(3, request_fields()), message(3, "seen", EndStream::Yes));
  c.lost(10).server(headers(3, trailers_only_fields("0"), EndStream::Yes)).client(headers(5, request_fields(), EndStream::Yes));
  const Seen events = seen(c);
  ASSERT_EQ(events.calls.size(), 3u);
  EXPECT_EQ(events.calls[0].ending, Ending::Trailers);
  EXPECT_EQ(events.calls[1].ending, Ending::StillOpen);  // closed at the gap
  EXPECT_EQ(events.calls[2].ending, Ending::StillOpen);  // closed when its request ended
  EXPECT_TRUE(events.view.gap_to_client);
  EXPECT_FALSE(events.view.gap_to_server);
  EXPECT_THAT(events.messages, ElementsAre("ping", "pong", "seen"));
}

TEST(Connection, AGapOfTheClientLeavesTheAnswers) {
  Conversation c = greeted();
  c.client(headers(1, request_fields())).lost().client(message(1, "unseen", EndStream::Yes));
  c.server(headers(1, response_fields()), message(1, "pong"), headers(1, trailer_fields(), EndStream::Yes));
  const Call call = only_call(c);
  EXPECT_EQ(call.ending, Ending::Trailers);
  EXPECT_FALSE(call.request.ended);
}

// Memory grows with what is open, also behind a gap: no call waits for what nobody will see.
TEST(Connection, BehindAGapNoCallWaits) {
  Conversation c = greeted();
  c.client(headers(1, request_fields(), EndStream::Yes), headers(3, request_fields(), EndStream::Yes));
  c.lost().server(settings());
  for (StreamId id = 5; id < 100; id += 2) c.client(headers(id, request_fields(), EndStream::Yes));
  Limits limits;
  limits.streams_max = 2;
  EXPECT_EQ(seen(c, limits).calls.size(), 50u);
}

TEST(Connection, NotSeenFromItsStart) {
  const Seen events = seen(unary().not_from_start());
  EXPECT_EQ(events.frames, 0u);
  EXPECT_FALSE(events.view.whole());
  EXPECT_TRUE(events.closed);
}

TEST(Connection, StreamsOverTheLimitAreCounted) {
  Conversation c = greeted();
  for (const StreamId id : {1u, 3u, 5u}) c.client(headers(id, request_fields()));
  Limits limits;
  limits.streams_max = 2;
  const Seen events = seen(c, limits);
  EXPECT_EQ(events.calls.size(), 2u);
  EXPECT_EQ(events.view.calls_not_followed, 1u);
}

TEST(Model, StreamsOfAllConnectionsAreBounded) {
  Limits limits;
  limits.streams_max_all = 2;
  Seen sink;
  Model model(sink, limits);
  Conversation c = greeted().client(headers(1, request_fields()));
  const auto open = [&](ConnectionNumber number) { c.play(model, 0, number); };
  for (const ConnectionNumber number : {1u, 2u, 3u}) open(number);
  model.on_closing({1, {}, Direction::ToClient, tcp::Closing::Reset, 0, ""});
  open(4);
  model.on_end();
  EXPECT_EQ(sink.calls.size(), 3u);
}

TEST(Connection, TextsAreBounded) {
  Limits limits;
  limits.text_bytes_kept = 10;
  const Seen events = seen(unary({.trailers = plus(trailer_fields("2"), "grpc-message", std::string(100, 'm'))}), limits);
  EXPECT_EQ(events.calls.at(0).path.size(), 10u);
  EXPECT_EQ(events.calls.at(0).status_message.size(), 10u);
}

// A field that is over our limit is unknown; so then is what the block means, and no wrong value is given.
TEST(Connection, AnUnknownStatusIsNoEndWithoutStatus) {
  Limits limits;
  limits.string_bytes_max = 50;
  const Seen events = seen(unary({.trailers = {{std::string(100, 'n'), "x"}}}), limits);
  EXPECT_EQ(events.calls.at(0).ending, Ending::Trailers);
  EXPECT_FALSE(events.calls.at(0).status);
}

TEST(Connection, UnacknowledgedSettingsAreBounded) {
  Conversation c = greeted();
  for (int i = 0; i < 5000; ++i) c.client(settings({{http2::kSettingHeaderTableSize, 100}}));
  EXPECT_EQ(seen(c.call()).calls.size(), 1u);
}

Conversation everything() {
  Conversation c = greeted({{http2::kSettingMaxConcurrentStreams, 100}, {http2::kSettingHeaderTableSize, 256}});
  c.call().call({.stream = 3, .trailers = plus(trailer_fields("5"), "grpc-message", "no%0awhere")});
  c.client(headers_in_pieces(5, request_fields()), message(5, std::string(40'000, 'x')), window_update(0), priority(5));
  c.server(headers(5, response_fields()), message(5, "a"), ping('p')).client(ping_ack('p'), end_of_data(5));
  c.server(message(5, std::string(20'000, 'y')), push_promise(5, 2, request_fields()),
           headers(5, trailer_fields(), EndStream::Yes));
  c.client(headers(7, request_fields()), rst_stream(7), headers(9, request_fields(), EndStream::Yes));
  c.client(frame(http2::FrameType::Data, 0x08, 9, "\xff"), frame(static_cast<http2::FrameType>(0x2f), 7, 9, "what"));
  c.server(headers_begun(9, response_fields()), ping('q'), goaway(7)).client(headers(11, request_fields()));
  return c;
}

void expect_equal_however_cut(const Conversation& conversation) {
  EventLog whole;
  conversation.play(whole, {}, 0);
  for (std::uint64_t seed = 1; seed < 12; ++seed) {
    EventLog cut;
    conversation.play(cut, {}, seed);
    EXPECT_EQ(cut.lines(), whole.lines()) << "seed " << seed;
  }
}

TEST(Connection, CuttingElsewhereChangesNothing) {
  expect_equal_however_cut(everything());
  expect_equal_however_cut(everything().client_closes().server_closes());
  expect_equal_however_cut(everything().server_closes().client_closes());
  expect_equal_however_cut(everything().lost(3).client(message(11, "unseen")).server(headers(11, response_fields())));
  expect_equal_however_cut(Conversation().client(preface(), settings()).server(octets("HTTP/1.1 426 Upgrade Required\r\n\r\n")));
  expect_equal_however_cut(Conversation().client(octets("GET / HTTP/1.1\r\n\r\n")).server(settings()));
  expect_equal_however_cut(Conversation().client(preface(), settings()).server(octets("SSH-2.0-OpenSSH_9.2\r\n")));
}

TEST(Model, KeepsConnectionsApart) {
  Seen events;
  Model model(events);
  unary().play(model, 0, 1);
  unary({.trailers = trailer_fields("13")}).play(model, 0, 2);
  model.on_chunk(99, {});  // nobody opened it
  model.on_closing({99, {}, Direction::ToClient, tcp::Closing::Reset, 0, {}});
  model.on_end();
  ASSERT_EQ(events.calls.size(), 2u);
  EXPECT_EQ(events.calls[0].place.connection, 1u);
  EXPECT_EQ(events.calls[1].place.connection, 2u);
  EXPECT_EQ(events.calls[1].status, 13);
}

}  // namespace
}  // namespace testigo::call
