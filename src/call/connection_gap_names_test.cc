// Octets that were not seen, and the names of the calls behind them.
#include <map>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "call/testing/cut_wire.h"

namespace testigo::call {
namespace {

using namespace testing;

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
  const WireSeen events = seen(wire);
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

// Calls of which the client writes each message, and the end, by itself.
class Bidi {
 public:
  explicit Bidi(bool trailers = false) : wire_(greeted_wire()), trailers_(trailers) {}

  void calls(StreamId first, StreamId behind, StreamId step = 2) {
    for (StreamId stream = first; stream < behind; stream += step) {
      begin(stream);
      answer_message(stream);
      end(stream);
    }
  }
  void begin(StreamId stream) { wire_.client(headers(stream, request_fields("/a.B/C"))); }
  void answer_message(StreamId stream) {
    wire_.client(message(stream, "ping")).server(headers(stream, response_fields())).server(message(stream, "pong"));
  }
  void end(StreamId stream) {
    if (trailers_) {
      wire_.client(headers(stream, {{"x-t", "1"}}, EndStream::Yes));
    } else {
      wire_.client(data(stream, "", EndStream::Yes));
    }
    answer(wire_, stream);
  }
  Wire& wire() { return wire_; }
  // What was written last is lost.
  void lose() { wire_.cut(0, wire_.last_size()); }

 private:
  Wire wire_;
  bool trailers_;
};

struct Told {
  std::size_t behind = 0;
  std::size_t named = 0;
};

Told told(const Wire& wire, StreamId lost_on) {
  Told told;
  for (const Call& call : seen(wire).calls) {
    if (call.place.stream <= lost_on) continue;
    ++told.behind;
    if (call.path_known == http2::Known::Unknown) continue;
    EXPECT_EQ(call.path, "/a.B/C");
    ++told.named;
  }
  return told;
}

// Of a stream that goes on: no block was lost, for the next id is that of the next call, and gRPC knows no trailers of a request.
TEST(Gaps, ALostMessageOfAnOpenStreamCostsFewCallsAndNoName) {
  Bidi bidi;
  bidi.calls(1, 41);
  bidi.begin(41);
  bidi.wire().client(message(41, std::string(25, 'x')));
  bidi.lose();
  bidi.answer_message(41);
  bidi.end(41);
  bidi.calls(43, 101);
  const Told told = call::told(bidi.wire(), 41);
  EXPECT_GE(told.behind, 26u);
  EXPECT_GE(told.named + 2, told.behind);  // two confirm it
}

TEST(Gaps, WhatMayHaveBeenInsertedStaysUnknown) {
  const auto lose = [](std::size_t octets, bool trailers, StreamId calls_before, StreamId next) {
    Bidi bidi(trailers);
    bidi.calls(1, calls_before);
    bidi.begin(calls_before);
    bidi.wire().client(message(calls_before, std::string(octets - 14, 'x')));
    bidi.lose();
    bidi.answer_message(calls_before);
    bidi.end(calls_before);
    bidi.calls(next, 161);
    return told(bidi.wire(), calls_before);
  };
  constexpr std::size_t kLost = 42;
  EXPECT_GT(lose(kLost, false, 41, 43).named, 40u);
  EXPECT_EQ(lose(kLost, true, 41, 43).named, 0u);   // a client that sends trailers may have inserted by them
  EXPECT_EQ(lose(kLost, false, 13, 15).named, 0u);  // too few calls to know that this one does not
  EXPECT_EQ(lose(kLost, false, 41, 45).named, 0u);  // 43 may have been opened, and reset
}

// One call is enough to see that it does, before the gap or behind it.
TEST(Gaps, AClientThatSendsTrailersOnceMayHaveInsertedByThem) {
  for (const StreamId with_trailers : {21u, 61u, 0u}) {
    Bidi bidi;
    for (StreamId stream = 1; stream < 161; stream += 2) {
      bidi.begin(stream);
      if (stream == 41) {
        bidi.wire().client(message(41, std::string(28, 'x')));
        bidi.lose();
      }
      bidi.answer_message(stream);
      if (stream == with_trailers) {
        bidi.wire().client(headers(stream, {{"x-t", "1"}}, EndStream::Yes));
        answer(bidi.wire(), stream);
      } else {
        bidi.end(stream);
      }
    }
    WireSeen events;
    bidi.wire().play(events, 0);
    std::size_t named = 0;
    for (const Call& call : events.calls) named += call.place.stream > 65 && call.path_known != http2::Known::Unknown ? 1 : 0;
    EXPECT_EQ(named == 0, with_trailers != 0) << with_trailers;
  }
}

// More than a payload that was cut may reach over.
void say_much(Wire& wire, StreamId stream) {
  for (int i = 0; i < 20; ++i) wire.client(message(stream, std::string(1000, 'x')));
}

// The rest of a block, and a frame behind it: the next id is the next one, but what the block inserted is not known. Where the rest
// has no room for all, how many there were follows from the history.
TEST(Gaps, TheRestOfABlockMayHaveInserted) {
  for (const bool much : {true, false}) {
    for (const std::size_t more : {40u, 0u}) {
      Bidi bidi;
      bidi.calls(1, 41);
      bidi.wire().client([&](http2::HpackEncoder& encoder, std::vector<std::byte>& octets) {
        headers(41, plus(request_fields("/a.B/D"), "x-long", std::string(more, 'x')))(encoder, octets);
        data(41, "")(encoder, octets);
      });
      bidi.wire().cut(9 + 2, bidi.wire().last_size() - 9 - 2);
      if (much) say_much(bidi.wire(), 41);
      bidi.answer_message(41);
      bidi.end(41);
      bidi.calls(43, 161);
      EXPECT_EQ(told(bidi.wire(), 41).named > 30, more == 0) << much;
    }
  }
}

// What follows the lost headers of a call may be its trailers: they do not say that nothing was lost.
TEST(Gaps, TrailersOfALostRequestOpenNothing) {
  Wire wire = greeted_wire();
  const auto calls = [&](StreamId first, StreamId behind, const std::string& path) {  // of a client that may send trailers
    for (StreamId stream = first; stream < behind; stream += 2) {
      wire.client(headers(stream, request_fields(path), EndStream::Yes));
      wire.server(headers(stream, trailers_only_fields(), EndStream::Yes));
    }
  };
  calls(1, 39, "/a.B/C");
  calls(39, 41, "/a.B/E");
  wire.client(headers(41, request_fields("/a.B/D"))).cut(0, wire.last_size());
  wire.server(headers(41, response_fields()));
  say_much(wire, 41);
  wire.client(headers(41, {{"x-t", "1"}}, EndStream::Yes));
  wire.server(headers(41, trailer_fields(), EndStream::Yes));
  calls(43, 161, "/a.B/D");
  const WireSeen events = seen(wire);
  EXPECT_GT(events.calls.size(), 60u);
  for (const Call& call : events.calls) {
    if (call.place.stream > 41 && call.path_known != http2::Known::Unknown) {
      EXPECT_EQ(call.path, "/a.B/D") << call.place.stream;
    }
  }
}

// Requests whose octets are chosen: the first one inserts :path, :authority, te and content-type.
constexpr std::string_view kHistory =
    "83 86 44 06 2f612e422f43 41 0468 6f 73 74 40 02 7465 08 747261696c657273 5f 10 "
    "6170706c69636174696f6e2f67727063";
constexpr std::string_view kIndexed = "83 86 c1 c0 bf be";
constexpr std::string_view kLeast = "83 86 c1 bf be";
constexpr std::string_view kAllAnew = "83 86 44 83 606c47 41 00 7f02 86 4d833505b11f 5f 8b 1d75d0620d263d4c4d6564";

Part raw_call(StreamId stream, std::string_view block) {
  return [stream, block = std::string(block)](http2::HpackEncoder&, std::vector<std::byte>& octets) {
    const std::vector<std::byte> of_block = from_hex(block);
    http2::encode_frame({{.type = 1, .flags = http2::kFlagEndHeaders, .stream = stream}, http2::HeadersFrame{{}, of_block, {}}},
                        octets);
    http2::encode_frame({{.type = 0, .flags = http2::kFlagEndStream, .stream = stream}, http2::DataFrame{}}, octets);
  };
}

void raw_calls(Wire& wire, StreamId first, StreamId behind) {
  for (StreamId stream = first; stream < behind; stream += 2) {
    wire.client(raw_call(stream, stream == 1 ? kHistory : kIndexed));
    wire.server(headers(stream, trailers_only_fields(), EndStream::Yes));
  }
}

// Requests that are as small as can be fill the gap, and are all answered: what stands right behind it is read.
TEST(Gaps, AGapIsNeverTooSmallForTheSmallestRequests) {
  Wire wire = greeted_wire();
  raw_calls(wire, 1, 41);
  wire.client([](http2::HpackEncoder& encoder, std::vector<std::byte>& octets) {
    for (StreamId stream = 41; stream < 49; stream += 2) {
      raw_call(stream, kLeast)(encoder, octets);
      octets.resize(octets.size() - 9);  // it does not end yet
    }
  });
  EXPECT_EQ(wire.last_size(), 4u * 14);
  wire.cut(0, wire.last_size());
  for (StreamId stream = 41; stream < 49; stream += 2) wire.server(headers(stream, trailers_only_fields(), EndStream::Yes));
  raw_calls(wire, 49, 101);
  EXPECT_GE(told(wire, 47).behind, 20u);
}

// An answer that is captured before the request says nothing of what has been captured.
TEST(Gaps, AnswersAheadOfTheirRequestsRefuteNothing) {
  Wire wire = greeted_wire();
  raw_calls(wire, 1, 41);
  wire.client(settings_ack()).cut(0, wire.last_size());
  for (StreamId stream = 41; stream < 101; stream += 2) {
    wire.client(raw_call(stream, kIndexed)).server(headers(stream, trailers_only_fields(), EndStream::Yes)).ahead();
  }
  raw_calls(wire, 101, 161);
  EXPECT_GE(told(wire, 99).behind, 25u);
}

// A gap of exactly what it takes: the smallest request that inserts all anew, and four octets of the header of an unknown frame,
// whose payload holds what the client would have sent. The method of all later calls is another one.
TEST(Gaps, TheSmallestRequestThatInsertsAllAnewIsNeverForgotten) {
  for (const bool conforming : {true, false}) {
    Wire wire = greeted_wire();
    raw_calls(wire, 1, 41);
    std::vector<std::byte> forged = from_hex("00000000 00000005"), cut;  // with the flags and the stream a WINDOW_UPDATE
    http2::HpackEncoder unused;
    raw_call(41, kIndexed)(unused, forged);
    http2::encode_frame({{.type = 0xb, .stream = 0x00040800}, http2::UnknownFrame{forged}}, cut);
    wire.client([&](http2::HpackEncoder&, std::vector<std::byte>& octets) {
      std::string block(kAllAnew);
      if (!conforming) block.erase(block.size() - 2);
      raw_call(41, block)(unused, octets);
      octets.resize(octets.size() - 9);  // it does not end yet
      append(octets, cut);
    });
    const std::size_t lost = wire.last_size() - cut.size() + 4;
    wire.cut(0, lost);
    wire.server(headers(41, trailers_only_fields(), EndStream::Yes));
    raw_calls(wire, 43, 161);
    const WireSeen events = seen(wire);
    std::size_t named = 0;
    for (const Call& each : events.calls) named += each.place.stream > 43 && each.path_known != http2::Known::Unknown ? 1 : 0;
    EXPECT_EQ(named != 0, !conforming) << lost;
  }
}

// A field that changes with each call stands under a name that is not known any more; but what it says is no :path.
TEST(Gaps, CallsOfOneUnknownMethodHaveOneNumber) {
  for (const StreamId before : {41u, 13u}) {  // with and without a habit
    Wire wire = greeted_wire();
    const auto call = [&](StreamId stream) {
      const std::string path = stream % 4 == 1 ? "/a.B/C" : "/a.B/D";
      wire.client(headers(stream, plus(request_fields(path), "x-call", std::to_string(stream)), EndStream::Yes));
      wire.server(headers(stream, trailers_only_fields(), EndStream::Yes));
    };
    for (StreamId stream = 1; stream < before; stream += 2) call(stream);
    wire.client(headers(before, plus(request_fields("/a.B/C"), "x-call", std::string(100, 'x')), EndStream::Yes));
    wire.cut(0, wire.last_size());
    for (StreamId stream = before + 2; stream < 121; stream += 2) call(stream);
    std::map<StreamId, std::set<std::uint32_t>> numbers;
    for (const Call& each : seen(wire).calls) {
      if (each.place.stream > before && each.path_known == http2::Known::Unknown)
        numbers[each.place.stream % 4].insert(each.unknown_method);
    }
    ASSERT_EQ(numbers.size(), 2u);
    EXPECT_EQ(numbers[1].size() == 1, before == 41u);
    EXPECT_EQ(numbers[3].size() == 1, before == 41u);
    EXPECT_FALSE(numbers[1].contains(0) || numbers[3].contains(0));
    EXPECT_NE(numbers[1], numbers[3]);
  }
}

}  // namespace
}  // namespace testigo::call
