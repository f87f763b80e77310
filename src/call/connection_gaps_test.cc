// Octets that were not seen, and what is told behind them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/testing/cuts.h"
#include "call/model.h"
#include "call/testing/conversation.h"
#include "call/testing/event_log.h"

namespace testigo::call {
namespace {

using namespace testing;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

struct Seen final : Sink {
  std::vector<Call> calls;
  std::vector<std::string> messages;
  std::vector<std::uint64_t> lost;
  ConnectionView view;

  void on_message(const MessageSeen& seen) override {
    messages.emplace_back(as_text(seen.message.octets));
    lost.push_back(seen.message.lost);
  }
  void on_call(const CallClosed& closed) override { calls.push_back(closed.call); }
  void on_connection_closed(const ConnectionClosed& closed) override { view = closed.connection; }
};

// What both sides write, as octets that can be taken away.
class Wire {
 public:
  Wire& client(const Part& part) { return write(Direction::ToServer, part); }
  Wire& server(const Part& part) { return write(Direction::ToClient, part); }
  // So many of the octets that were written last, from `from` on, were not seen.
  Wire& cut(std::size_t from, std::size_t size) {
    Piece& last = pieces_.back();
    Piece rest{last.direction, {last.octets.begin() + static_cast<std::ptrdiff_t>(from + size), last.octets.end()}, size};
    last.octets.resize(from);
    pieces_.push_back(std::move(rest));
    return *this;
  }
  std::size_t last_size() const { return pieces_.back().octets.size(); }

  void play(Sink& sink, std::uint64_t seed) const {
    Model model(sink);
    model.on_opened({1, {}, {"127.0.0.1", 1}, {"127.0.0.1", 2}, true, 1});
    std::uint64_t sent[2] = {0, 0}, packet = 0;
    for (const Piece& piece : pieces_) {
      const auto direction = static_cast<std::size_t>(piece.direction);
      sent[direction] += piece.missing + piece.octets.size();
      Chunk chunk{{}, piece.direction, {}, piece.missing, sent[1 - direction], ++packet};
      testigo::testing::Cuts cuts(piece.octets, seed);
      if (piece.octets.empty()) model.on_chunk(1, chunk);
      while (const auto octets = cuts.next()) {
        chunk.bytes = *octets;
        model.on_chunk(1, chunk);
        chunk.missing = 0;
      }
    }
    model.on_end();
  }

 private:
  struct Piece {
    Direction direction;
    std::vector<std::byte> octets;
    std::uint64_t missing = 0;
  };
  Wire& write(Direction direction, const Part& part) {
    std::vector<std::byte> octets;
    part(encoders_[static_cast<std::size_t>(direction)], octets);
    pieces_.push_back({direction, std::move(octets), 0});
    return *this;
  }
  http2::HpackEncoder encoders_[2];
  std::vector<Piece> pieces_;
};

Wire greeted_wire() {
  Wire wire;
  wire.client(preface()).client(settings()).server(settings()).server(settings_ack()).client(settings_ack());
  return wire;
}

Seen seen(const Wire& wire) {
  EventLog whole;
  wire.play(whole, 0);
  for (std::uint64_t seed = 1; seed < 6; ++seed) {
    EventLog cut;
    wire.play(cut, seed);
    EXPECT_EQ(cut.lines(), whole.lines()) << "seed " << seed;
  }
  Seen sink;
  wire.play(sink, 0);
  return sink;
}

Wire asked() {
  Wire wire = greeted_wire();
  wire.client(headers(1, request_fields())).server(headers(1, response_fields()));
  return wire;
}

void answer(Wire& wire, StreamId stream) { wire.server(headers(stream, trailer_fields(), EndStream::Yes)); }

// 9 octets of frame header, 5 of prefix.
TEST(Gaps, InsideAMessageCostsThatMessage) {
  Wire wire = asked();
  wire.client(message(1, "0123456789")).cut(9 + 5 + 3, 4).client(message(1, "next", EndStream::Yes));
  answer(wire, 1);
  const Seen events = seen(wire);
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
    Wire wire = asked();
    wire.client(message(1, "first"));
    wire.client(message(1, "0123")).cut(from, from == 14 ? 4 : 3);
    wire.client(message(1, "next", EndStream::Yes));
    answer(wire, 1);
    const Seen events = seen(wire);
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
  Wire wire = asked();
  wire.client(message(1, "0123456789", EndStream::Yes)).cut(9, 15);
  answer(wire, 1);
  const Seen events = seen(wire);
  EXPECT_TRUE(events.calls.at(0).request.ended);
  EXPECT_EQ(events.calls.at(0).ending, Ending::Trailers);
}

// Its header was seen, so that the next frame begins where the length says.
TEST(Gaps, OneThatEndsWithTheFrameIsHarmless) {
  Wire wire = asked();
  wire.client(message(1, "0123456789")).cut(20, 4);
  for (StreamId stream = 3; stream < 9; stream += 2) {
    wire.client(headers(stream, request_fields(), EndStream::Yes))
        .server(headers(stream, trailers_only_fields("5"), EndStream::Yes));
  }
  const Seen events = seen(wire);
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
  const Seen events = seen(wire);
  ASSERT_EQ(events.calls.size(), 2u);
  EXPECT_EQ(events.calls[0].path, "/a.B/C");
  EXPECT_TRUE(events.calls[0].request.ended);
  EXPECT_EQ(events.calls[1].path_known, http2::Known::Unknown);
  EXPECT_NE(events.calls[1].unknown_method, 0u);
}

// Payloads of other types are lost and nothing else: RST_STREAM still resets the stream that it names.
TEST(Gaps, InsideOtherFrames) {
  Wire wire = asked();
  wire.client(rst_stream(1)).cut(10, 2);
  wire.client(settings({{http2::kSettingMaxConcurrentStreams, 5}})).cut(9, 6);
  wire.client(headers(3, request_fields(), EndStream::Yes));
  const Seen events = seen(wire);
  ASSERT_EQ(events.calls.size(), 2u);
  EXPECT_EQ(events.calls[0].ending, Ending::ResetByClient);
  EXPECT_EQ(events.calls[1].path_known, http2::Known::Exact);
}

void serial_call(Wire& wire, StreamId stream, const std::string& path) {
  wire.client(headers(stream, request_fields(path))).client(message(stream, "ping", EndStream::Yes));
  wire.server(headers(stream, response_fields())).server(message(stream, "pong"));
  answer(wire, stream);
}

// One whole request is lost: the answers of the server prove before long where frames are.
TEST(Gaps, ALostRequestIsFollowedByCallsThatAreNamed) {
  Wire wire = greeted_wire();
  StreamId stream = 1;
  const std::string paths[] = {"/a.B/C", "/a.B/D"};
  for (; stream < 41; stream += 2) serial_call(wire, stream, paths[stream % 4 / 2]);
  wire.client(headers(stream, request_fields(paths[0]), EndStream::Yes)).cut(0, wire.last_size());
  wire.server(headers(stream, trailers_only_fields(), EndStream::Yes));
  for (stream += 2; stream < 201; stream += 2) serial_call(wire, stream, paths[stream % 4 / 2]);
  const Seen events = seen(wire);
  std::size_t behind = 0, inferred = 0;
  for (const Call& call : events.calls) {
    if (!call.opened_behind_gap) continue;
    ++behind;
    if (call.path_known != http2::Known::Unknown) {
      EXPECT_EQ(call.path, paths[call.place.stream % 4 / 2]);
    }
    inferred += call.path_known == http2::Known::Inferred ? 1 : 0;
  }
  EXPECT_GT(behind, 70u);
  EXPECT_GT(inferred, 65u);
}

TEST(Gaps, NotFromTheStartIsRecognisedByTheShapeOfFrames) {
  Conversation conversation = Conversation().not_from_start();
  for (StreamId stream = 101; stream < 4101; stream += 2) conversation.call({.stream = stream});
  Seen events;
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
  Seen events;
  conversation.play(events);
  EXPECT_EQ(events.view.client_opening, http2::Opening::NeedMore);
  EXPECT_THAT(events.calls, IsEmpty());
}

}  // namespace
}  // namespace testigo::call
