#include "check/plain_calls.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "check/all_checks.h"
#include "check/attempt.h"
#include "check/testing/judged.h"

namespace testigo::check {
namespace {

using namespace call::testing;
using namespace testing;
using namespace std::chrono_literals;

using call::StreamId;

// All checks of one connection, with or without the short way.
struct OneWay {
  OneWay(const Limits& limits, bool has_short_way) : log(limits), across(limits), short_way(has_short_way) {}

  template <typename Tell>
  void tell(Tell tell) {
    for (const auto& check : checks.list) tell(*check, check->hears());
  }
  template <typename Event, typename Tell>
  void tell_or_take(const Event& event, Tell tell_all) {
    if (short_way && event.connection.whole() && checks.plain_calls->take(event)) {
      ++taken;
    } else {
      tell(tell_all);
    }
  }

  FindingLog log;
  Findings findings{log};
  CallsSoFar calls;
  Across across;
  AllChecks checks = all_checks(Rows::All, findings, calls, across);
  bool short_way;
  std::size_t taken = 0;
};

class BothWays final : public call::Sink {
 public:
  explicit BothWays(const Limits& limits) : short_way(limits, true), long_way(limits, false) {}

  void on_connection(const call::ConnectionView& connection) override {
    tell([&](Check& check, auto) { check.on_connection(connection); });
  }
  void on_opening(const call::ConnectionView& connection, const call::Spot& spot, http2::Opening opening) override {
    tell([&](Check& check, auto) { check.on_opening(connection, spot, opening); });
  }
  void on_frame(const call::FrameSeen& seen) override {
    tell([&](Check& check, const call::Interest& hears) {
      if (hears.frames && check.frame_types().has(FrameTypes::index(seen.frame.header.type))) check.on_frame(seen);
    });
  }
  void on_block(const call::BlockSeen& seen) override {
    if (!seen.connection.whole(seen.spot.direction)) return;
    const auto attempt = attempt_of(seen);
    tell([&](Check& check, const call::Interest& hears) {
      if (hears.blocks) check.on_block(seen);
      if (attempt) check.on_attempt(*attempt);
    });
  }
  void on_message(const call::MessageSeen& seen) override {
    if (!seen.connection.whole(seen.spot.direction)) return;
    tell_or_take(seen, [&](Check& check, const call::Interest& hears) {
      if (hears.messages) check.on_message(seen);
    });
  }
  void on_side_ended(const call::SideEnded& ended) override {
    if (!ended.connection.whole(ended.spot.direction)) return;
    tell_or_take(ended, [&](Check& check, const call::Interest& hears) {
      if (hears.side_ends && check.side_ends().has(SideEnds::index(ended))) check.on_side_ended(ended);
    });
  }
  void on_call(const call::CallClosed& closed) override {
    tell_or_take(closed, [&](Check& check, const call::Interest& hears) {
      if (hears.calls) check.on_call(closed);
    });
  }
  void on_connection_closed(const call::ConnectionClosed& closed) override {
    tell([&](Check& check, auto) { check.on_connection_closed(closed); });
  }

  OneWay short_way, long_way;

 private:
  template <typename Tell>
  void tell(Tell tell) {
    short_way.tell(tell);
    long_way.tell(tell);
  }
  template <typename Event, typename Tell>
  void tell_or_take(const Event& event, Tell tell) {
    short_way.tell_or_take(event, tell);
    long_way.tell_or_take(event, tell);
  }
};

// What happens on a few streams at a time, the more of it out of the ordinary the more it is broken.
class Traffic {
 public:
  // Of 100 steps so many are out of the ordinary.
  Traffic(std::uint64_t seed, unsigned broken) : bits_(seed), broken_(broken) {}

  Conversation play() {
    Conversation c = greeted();
    if (below(400) < broken_) c.not_from_start();
    for (int i = 0; i < 120; ++i) {
      if (below(8000) < broken_) c.lost(1 + below(30));
      c.later(odd() ? below(2) * 700ms : 1ms);
      step(c);
    }
    return odd() ? c : c.client_closes().server_closes();
  }

 private:
  std::uint32_t below(std::uint64_t n) { return static_cast<std::uint32_t>(bits_() % n); }
  bool odd() { return below(100) < broken_; }
  char flag() { return odd() ? static_cast<char>(1 + below(2)) : '\0'; }
  // One of the latest.
  StreamId some() { return next_ <= 1 + 2 * 4 ? 1 + 2 * below(5) : next_ - 2 * (1 + below(4)); }

  FieldList request() {
    FieldList fields = request_fields(below(8) != 0 ? "/a.B/C" : "/a.B/D");
    if (below(3) == 0) fields.insert(fields.begin() + 4, {"grpc-timeout", odd() ? "100m" : "30S"});
    if (below(3) != 0) fields = plus(fields, "x-id", std::to_string(next_ / 4));
    if (!odd()) return fields;
    switch (below(6)) {
      case 0:
        return with(fields, "content-type", "text/plain");
      case 1:
        return plus(fields, "content-length", std::to_string(below(20)));
      case 2:
        return with(fields, ":method", "HEAD");
      case 3:
        return plus(fields, "grpc-encoding", "gzip");
      case 4:
        return plus(fields, "grpc-previous-rpc-attempts", "1");
      default:
        return without(fields, "content-type");
    }
  }
  FieldList response() {
    if (!odd()) return response_fields();
    switch (below(6)) {
      case 0:
        return {{":status", below(2) == 0 ? "503" : "415"}};
      case 1:
        return with(response_fields(), "content-type", "text/html");
      case 2:
        return plus(response_fields(), "content-length", "6");
      case 3:
        return plus(response_fields(), "grpc-status", "0");
      case 4:
        return {{":status", "304"}, {"content-type", "application/grpc"}};
      default:
        return plus(response_fields(), "grpc-encoding", "gzip");
    }
  }
  FieldList trailers() { return plus(trailer_fields(odd() ? "14" : "0"), "x", "y"); }

  void step(Conversation& c) {
    const StreamId stream = some();
    if (odd()) return unusual(c, stream);
    switch (below(5)) {
      case 0:
        next_ += 2;
        c.client(headers(next_ - 2, request()));
        return;
      case 1:
        c.client(message(stream, "x", below(2) == 0 ? EndStream::Yes : EndStream::No, flag()));
        return;
      case 2:
        c.server(headers(stream, response()));
        return;
      case 3:
        c.server(message(stream, "answer", EndStream::No, flag()));
        return;
      default:
        c.client(end_of_data(stream)).server(headers(stream, trailers(), EndStream::Yes));
    }
  }

  void unusual(Conversation& c, StreamId stream) {
    switch (below(10)) {
      case 0:
        c.client(rst_stream(stream, below(2) == 0 ? http2::kNoError : http2::kCancel));
        return;
      case 1:
        c.server(rst_stream(below(4) == 0 ? 0 : stream, below(2) == 0 ? http2::kNoError : http2::kRefusedStream));
        return;
      case 2:
        below(2) == 0 ? c.client(ping('a')).server(ping_ack('a')) : c.server(ping('b')).client(ping_ack('b'));
        return;
      case 3:
        c.client(headers(stream, {{"x", "trailers"}}, EndStream::Yes));
        return;
      case 4:
        c.server(end_of_data(stream));
        return;
      case 5:
        c.server(headers(stream, trailers_only_fields(odd() ? "14" : "0"), EndStream::Yes));
        return;
      case 6:
        below(2) == 0 ? c.client(data(stream, "\1\2", EndStream::Yes)) : c.server(data(stream, "\1\2"));
        return;
      case 7:
        c.client(frame(http2::FrameType::Data, http2::kFlagPadded, stream, "\x7f"));
        return;
      case 8:
        c.server(headers(stream, plus(trailers_only_fields("14"), "grpc-retry-pushback-ms", "10"), EndStream::Yes));
        return;
      default:
        c.server(headers(stream, trailers(), EndStream::Yes));
    }
  }

  std::mt19937_64 bits_;
  unsigned broken_;
  StreamId next_ = 1;
};

void expect_alike(const OneWay& ours, const OneWay& theirs) {
  EXPECT_EQ(ours.calls.closed, theirs.calls.closed);
  EXPECT_EQ(ours.calls.notes, theirs.calls.notes);
  EXPECT_EQ(ours.calls.block_notes, theirs.calls.block_notes);
  for (StreamId stream = 0; stream < 400; ++stream) EXPECT_EQ(ours.calls.is_complete(stream), theirs.calls.is_complete(stream));
  for (const Id id : judged_checks()) {
    const CheckCount& count = theirs.findings.count(id);
    EXPECT_EQ(ours.findings.count(id).passed, count.passed) << info(id).id;
    EXPECT_EQ(ours.findings.count(id).failed, count.failed) << info(id).id;
    EXPECT_EQ(ours.findings.count(id).not_judgeable, count.not_judgeable) << info(id).id;
    EXPECT_EQ(ours.findings.count(id).reason, count.reason) << info(id).id;
  }
  ASSERT_EQ(ours.log.kept().size(), theirs.log.kept().size());
  for (std::size_t i = 0; i < theirs.log.kept().size(); ++i) {
    EXPECT_EQ(ours.log.kept()[i].check, theirs.log.kept()[i].check);
    EXPECT_EQ(ours.log.kept()[i].text, theirs.log.kept()[i].text);
    EXPECT_EQ(ours.log.kept()[i].spot.offset, theirs.log.kept()[i].spot.offset);
    EXPECT_EQ(ours.log.kept()[i].spot.place, theirs.log.kept()[i].spot.place);
  }
}

TEST(PlainCalls, NeverChangeAVerdict) {
  std::size_t taken = 0, findings = 0;
  for (std::uint64_t seed = 0; seed < 1200; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    constexpr unsigned kBroken[] = {0, 3, 10, 30};
    BothWays ways({});
    Traffic(seed, kBroken[seed % 4]).play().play(ways);
    expect_alike(ways.short_way, ways.long_way);
    if (HasFailure()) return;
    taken += ways.short_way.taken;
    findings += ways.long_way.log.kept().size();
    EXPECT_EQ(ways.long_way.taken, 0u);
  }
  EXPECT_GT(taken, 30'000u);
  EXPECT_GT(findings, 3'000u);
}

TEST(PlainCalls, HaveMessagesOfUsualLength) {
  for (const std::size_t length : {kUsualLengthMax, kUsualLengthMax + 1}) {
    Conversation c = greeted();
    c.client(headers(1, request_fields()));
    const std::string text(length, 'x');
    std::vector<std::byte> prefix = {std::byte{0}};
    append_number(prefix, length, 4);
    const std::string octets = std::string(as_text(prefix)) + text;
    for (std::size_t at = 0; at < octets.size(); at += 16'384) c.client(data(1, octets.substr(at, 16'384)));
    c.client(end_of_data(1)).server(headers(1, response_fields()), message(1, "x"));
    BothWays ways({});
    c.server(headers(1, trailer_fields("8"), EndStream::Yes)).client_closes().play(ways);
    expect_alike(ways.short_way, ways.long_way);
    EXPECT_EQ(ways.short_way.findings.count(Id::MG08).failed, length > kUsualLengthMax ? 1u : 0u);
  }
}

// Who hears one more must have a word in PlainCalls.
TEST(PlainCalls, SpeakForAllWhoHearThem) {
  const OneWay way({}, true);
  const auto hearers = [&](auto hears) {
    return std::ranges::count_if(way.checks.list, [&](const auto& check) { return hears(*check, check->hears()); });
  };
  const auto ends = [&](SideEnd end) {
    return hearers([&](const Check& check, call::Interest hears) {
      return hears.side_ends && check.side_ends().has(static_cast<std::size_t>(end));
    });
  };
  EXPECT_EQ(hearers([](const Check&, call::Interest hears) { return hears.messages; }), 2);  // MessageChecks, CompressionChecks
  EXPECT_EQ(ends(SideEnd::RequestByData), 4);    // MessageChecks, ContentLengthChecks, CallDefinitionChecks, CancelChecks
  EXPECT_EQ(ends(SideEnd::AnswerByHeaders), 3);  // MessageChecks, ContentLengthChecks, CancelChecks
  // MessageChecks, ResponseChecks, ContentLengthChecks, CompressionChecks, MediaTypeChecks, CancelChecks, DeadlineChecks,
  // KeepaliveChecks, AttemptChecks, StreamChecks
  EXPECT_EQ(hearers([](const Check&, call::Interest hears) { return hears.calls; }), 10);
}

TEST(PlainCalls, AreNearlyAllCalls) {
  Conversation c = greeted();
  for (StreamId stream = 1; stream < 400; stream += 2) c.call({.stream = stream});
  BothWays ways({});
  c.client_closes().server_closes().play(ways);
  expect_alike(ways.short_way, ways.long_way);
  EXPECT_EQ(ways.short_way.taken, 5u * 200);
}

}  // namespace
}  // namespace testigo::check
