#include "check/plain_frames.h"

#include <gtest/gtest.h>

#include <random>

#include "check/all_checks.h"
#include "check/testing/judged.h"

namespace testigo::check {
namespace {

using namespace call::testing;
using namespace testing;

using call::StreamId;
using http2::FrameType;

// All checks of one connection, with or without the short way.
class OneWay {
 public:
  OneWay(const Limits& limits, bool short_way) : log_(limits), across_(limits), short_way_(short_way) {}

  void on_frame(const call::FrameSeen& seen) {
    if (short_way_ && checks_.plain_frames->take(seen)) {
      ++taken;
      return;
    }
    tell([&](Check& check) {
      if (check.hears().frames && check.frame_types().has(FrameTypes::index(seen.frame.header.type))) check.on_frame(seen);
    });
  }
  template <typename Tell>
  void tell(Tell tell) {
    for (const auto& check : checks_.list) tell(*check);
  }
  void settle() { checks_.plain_frames->settle(findings_); }

  const Findings& findings() const { return findings_; }
  std::size_t streams_followed() const { return checks_.plain_frames->streams_followed(); }
  const std::vector<Finding>& told() const { return log_.kept(); }

  std::size_t taken = 0;

 private:
  FindingLog log_;
  Findings findings_{log_};
  CallsSoFar calls_;
  Across across_;
  AllChecks checks_ = all_checks(Rows::All, findings_, calls_, across_);
  bool short_way_;
};

class BothWays final : public call::Sink {
 public:
  explicit BothWays(const Limits& limits) : short_way(limits, true), long_way(limits, false) {}

  void on_connection(const call::ConnectionView& connection) override {
    both([&](Check& check) { check.on_connection(connection); });
  }
  void on_opening(const call::ConnectionView& connection, const call::Spot& spot, http2::Opening opening) override {
    both([&](Check& check) { check.on_opening(connection, spot, opening); });
  }
  void on_frame(const call::FrameSeen& seen) override {
    short_way.on_frame(seen);
    long_way.on_frame(seen);
  }
  void on_block(const call::BlockSeen& seen) override {
    both([&](Check& check) {
      if (check.hears().blocks) check.on_block(seen);
    });
  }
  void on_side_ended(const call::SideEnded& ended) override {
    both([&](Check& check) {
      if (check.hears().side_ends && check.side_ends().has(SideEnds::index(ended))) check.on_side_ended(ended);
    });
  }
  void on_connection_closed(const call::ConnectionClosed& closed) override {
    short_way.settle();
    both([&](Check& check) { check.on_connection_closed(closed); });
  }

  OneWay short_way, long_way;

 private:
  template <typename Tell>
  void both(Tell tell) {
    short_way.tell(tell);
    long_way.tell(tell);
  }
};

// Frames of both sides, the more of them out of place the more it is broken.
class Frames {
 public:
  // Of 100 frames so many are any at all.
  Frames(std::uint64_t seed, unsigned broken) : bits_(seed), broken_(broken) {}

  Conversation play() {
    Conversation c = greeted(first_settings());
    if (below(40) < broken_ / 10) c.not_from_start();
    if (below(3) == 0) c.client(settings({{http2::kSettingInitialWindowSize, window()}})).server(settings_ack());
    for (int i = 0; i < 150; ++i) {
      if (below(4) == 0) c.crossing();
      if (below(100) < broken_ && below(5) == 0) c.acking(below(10'000));
      if (below(8000) < broken_) c.lost(1 + below(30));
      const bool client = below(2) == 0;
      const Part part = below(100) < broken_ ? any(client) : usual(client);
      client ? c.client(part) : c.server(part);
    }
    return c.client_closes().server_closes();
  }

 private:
  std::uint32_t below(std::uint64_t n) { return static_cast<std::uint32_t>(bits_() % n); }
  EndStream maybe(unsigned in) { return below(in) == 0 ? EndStream::Yes : EndStream::No; }
  std::uint32_t window() { return below(4) == 0 ? 0x7fff'ffff - below(3) : below(300); }

  std::vector<http2::Setting> first_settings() {
    std::vector<http2::Setting> entries;
    if (below(3) == 0) entries.push_back({http2::kSettingInitialWindowSize, window()});
    if (below(3) == 0) entries.push_back({http2::kSettingMaxConcurrentStreams, below(4)});
    return entries;
  }

  // One of the latest.
  StreamId some() { return next_ <= 1 + 2 * 6 ? 1 + 2 * below(7) : next_ - 2 * (1 + below(6)); }
  std::string text() { return std::string(below(4) == 0 ? 0 : below(60), 'x'); }
  static std::string number(std::uint32_t number) {
    std::vector<std::byte> octets;
    append_number(octets, number, 4);
    return std::string(as_text(octets));
  }
  std::uint32_t credit() {
    switch (below(broken_ == 0 ? 8 : 40)) {
      case 38:
        return 0;
      case 39:
        return 0x7fff'ffff - below(70'000);
      default:
        return 1 + below(200);
    }
  }
  Part update(StreamId stream) { return frame(FrameType::WindowUpdate, 0, stream, number(credit())); }

  Part usual(bool client) {
    if (client && below(3) == 0) {
      next_ += 2;
      return headers(next_ - 2, request_fields(), maybe(12));
    }
    switch (below(8)) {
      case 0:
        return update(0);
      case 1:
        return update(some());
      case 2:
      case 3:
        return data(some(), text(), maybe(3));
      default:
        return client ? data(some(), text(), maybe(3)) : headers(some(), response_fields(), maybe(3));
    }
  }

  Part any(bool client) {
    const StreamId stream = below(6) == 0 ? below(30) : below(6) == 0 ? promised_ : some();
    switch (below(24)) {
      case 0:
        next_ += 2 * (1 + below(3));
        return headers(next_ - 2, request_fields(), maybe(3));
      case 1:
        return headers(stream, request_fields(), maybe(2));
      case 2:
        return below(2) == 0 ? headers(stream, {{":status", "103"}}, maybe(6)) : headers(promised_, response_fields(), maybe(2));
      case 3:
      case 4:
        return rst_stream(stream, below(2) == 0 ? http2::kRefusedStream : http2::kCancel);
      case 5:
        return client || below(2) == 0 ? ping('a') : goaway(below(2) == 0 ? 0x7fff'ffff : stream);
      case 6:
        return ping_ack('a');
      case 7:
        return settings({{http2::kSettingInitialWindowSize, window()}});
      case 8:
        return settings({{http2::kSettingMaxConcurrentStreams, below(6)}});
      case 9:
      case 10:
        return settings_ack();
      case 11:
        promised_ += below(3) == 0 ? below(4) : 2;
        return push_promise(stream, promised_, request_fields());
      case 12:
        return headers_in_pieces(stream, request_fields(), maybe(2));
      case 13:
        return below(3) == 0 ? headers_begun(stream, request_fields(), maybe(2)) : priority(stream);
      case 14:
        return frame(FrameType::Data, below(2) == 0 ? http2::kFlagPadded : 0x40, stream, std::string("\1a\0", 3));
      case 15:
        return frame(FrameType::WindowUpdate, below(2) == 0 ? 1 : 0, stream, std::string(3 + below(3), '\1'));
      case 16:
        return frame(FrameType::Headers, http2::kFlagEndHeaders | http2::kFlagPriority, stream, std::string("\0\0\0\0\1\x88", 6));
      case 17:
        return octets(std::string("\0\0\1\0\0\x80\0\0", 8) + static_cast<char>(stream) + "a");
      case 18:
        return frame(static_cast<FrameType>(0x2f), 0xff, stream, "unknown");
      case 19:
        return data(stream, std::string(16'384 + below(2), 'x'), maybe(2));
      case 20:
        return frame(FrameType::Data, 0, stream, {});
      case 21:
        return update(stream);
      case 22:
        return frame(FrameType::Settings, 0, below(3) == 0 ? stream : 0, below(3) == 0 ? "odd" : "");
      default:
        return data(stream, std::string(below(400), 'x'), maybe(2));
    }
  }

  std::mt19937_64 bits_;
  unsigned broken_;
  StreamId next_ = 1;
  StreamId promised_ = 0;
};

void expect_alike(const OneWay& ours, const OneWay& theirs) {
  EXPECT_EQ(ours.streams_followed(), theirs.streams_followed());
  for (const Id id : judged_checks()) {
    const CheckCount& count = theirs.findings().count(id);
    EXPECT_EQ(ours.findings().count(id).passed, count.passed) << info(id).id;
    EXPECT_EQ(ours.findings().count(id).failed, count.failed) << info(id).id;
    EXPECT_EQ(ours.findings().count(id).not_judgeable, count.not_judgeable) << info(id).id;
    EXPECT_EQ(ours.findings().count(id).reason, count.reason) << info(id).id;
  }
  ASSERT_EQ(ours.told().size(), theirs.told().size());
  for (std::size_t i = 0; i < theirs.told().size(); ++i) {
    EXPECT_EQ(ours.told()[i].check, theirs.told()[i].check);
    EXPECT_EQ(ours.told()[i].text, theirs.told()[i].text);
    EXPECT_EQ(ours.told()[i].spot.offset, theirs.told()[i].spot.offset);
    EXPECT_EQ(ours.told()[i].spot.place, theirs.told()[i].spot.place);
  }
}

TEST(PlainFrames, NeverChangeAVerdict) {
  std::size_t taken = 0, findings = 0;
  for (std::uint64_t seed = 0; seed < 1200; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    constexpr unsigned kBroken[] = {0, 2, 10, 40};
    Limits limits;
    if (seed % 5 == 0) limits.streams_max = 1 + seed % 7;
    BothWays ways(limits);
    Frames(seed, kBroken[seed % 4]).play().play(ways, limits, seed % 3);
    expect_alike(ways.short_way, ways.long_way);
    if (HasFailure()) return;
    taken += ways.short_way.taken;
    findings += ways.long_way.told().size();
    EXPECT_EQ(ways.long_way.taken, 0u);
  }
  EXPECT_GT(taken, 30'000u);
  EXPECT_GT(findings, 10'000u);
}

TEST(PlainFrames, DoNotUseUpAWindow) {
  // The windows of the connection and of the stream are for 65,535 octets each, and nobody gives more for a while.
  Conversation c = greeted();
  c.client(headers(1, request_fields()), headers(3, request_fields()));
  for (int i = 0; i < 3; ++i) c.client(data(1, std::string(16'384, 'x')));
  c.client(data(3, std::string(16'383, 'x'))).later(std::chrono::seconds(2)).server(window_update(0)).client_closes();
  BothWays ways({});
  c.play(ways);
  expect_alike(ways.short_way, ways.long_way);
  EXPECT_EQ(ways.short_way.findings().count(Id::FC05).failed, 1u);
}

TEST(PlainFrames, AreStreamsThatWereOpenBeforeAGoaway) {
  Conversation c = greeted();
  c.client(headers(1, request_fields())).client(headers(3, request_fields())).client(headers(5, request_fields()));
  c.server(goaway(5)).client(headers(5, {{"trailer", "1"}}, EndStream::Yes)).client(headers(7, request_fields()));
  BothWays ways({});
  c.play(ways);
  expect_alike(ways.short_way, ways.long_way);
  EXPECT_EQ(ways.short_way.findings().count(Id::CN14).failed, 1u);
}

// Who hears one more type must have a word in PlainFrames.
TEST(PlainFrames, SpeakForAllWhoHearThem) {
  FindingLog log;
  Findings findings(log);
  CallsSoFar calls;
  Across across{Limits()};
  const AllChecks checks = all_checks(Rows::All, findings, calls, across);
  const auto hearers = [&](FrameType type) {
    return std::ranges::count_if(checks.list, [&](const auto& check) {
      return check->hears().frames && check->frame_types().has(FrameTypes::index(static_cast<std::uint8_t>(type)));
    });
  };
  EXPECT_EQ(hearers(FrameType::Data), 4);          // FrameChecks, FloodChecks, StreamChecks, FlowControlChecks
  EXPECT_EQ(hearers(FrameType::Headers), 4);       // FrameChecks, GoawayChecks, StreamChecks, FlowControlChecks
  EXPECT_EQ(hearers(FrameType::WindowUpdate), 3);  // FrameChecks, StreamChecks, FlowControlChecks
}

TEST(PlainFrames, AreNearlyAllOfPlainCalls) {
  Conversation c = greeted();
  for (StreamId stream = 1; stream < 400; stream += 2) c.call({.stream = stream});
  BothWays ways({});
  c.client_closes().server_closes().play(ways);
  expect_alike(ways.short_way, ways.long_way);
  EXPECT_EQ(ways.short_way.streams_followed(), 0u);
  EXPECT_EQ(ways.short_way.taken, 5u * 200 - 1);  // the first request comes after nothing
}

}  // namespace
}  // namespace testigo::check
