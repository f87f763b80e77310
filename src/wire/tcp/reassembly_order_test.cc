#include "wire/tcp/reassembly.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "wire/tcp/testing/script.h"

namespace testigo::tcp {
namespace {

using namespace testing;
using ::testing::ElementsAre;

TEST(Reassembly, PutsSegmentsInOrder) {
  const std::vector<ScriptCase> cases = {
      {"reordered", {{'c', "A", 2, 0, "c"}, {'c', "A", 1, 0, "b"}, {'c', "A", 0, 0, "a"}}, {"1 > \"a\"", "1 > \"b\"", "1 > \"c\""}},
      {"duplicated", {{'c', "A", 0, 0, "ab"}, {'c', "A", 0, 0, "ab"}, {'c', "A", 2, 0, "c"}}, {"1 > \"ab\"", "1 > \"c\""}},
      {"duplicated while held", {{'c', "A", 1, 0, "b"}, {'c', "A", 1, 0, "b"}, {'c', "A", 0, 0, "a"}}, {"1 > \"a\"", "1 > \"b\""}},
      {"overlapping", {{'c', "A", 0, 0, "abc"}, {'c', "A", 1, 0, "bcde"}}, {"1 > \"abc\"", "1 > \"de\""}},
      {"overlapping while held",
       {{'c', "A", 2, 0, "cd"}, {'c', "A", 3, 0, "de"}, {'c', "A", 0, 0, "abc"}},
       {"1 > \"ab\"", "1 > \"cd\"", "1 > \"e\""}},
      {"longer copy while held",
       {{'c', "A", 1, 0, "b"}, {'c', "A", 1, 0, "bc"}, {'c', "A", 0, 0, "a"}},
       {"1 > \"a\"", "1 > \"b\"", "1 > \"c\""}},
      {"keep-alive", {{'c', "A", -1, 0, "x"}, {'c', "A", 0, 0, "ab"}, {'c', "A", 1, 0, "x"}}, {"1 > \"ab\""}},
      {"lost, then the connection goes on to the end",
       {{'c', "A", 0, 0, "a"}, {'c', "A", 3, 0, "d"}, {'c', "A", 4, 0, "e"}},
       {"1 > \"a\"", "1 > \"d\" missing 2", "1 > \"e\""}},
      {"lost twice", {{'c', "A", 1, 0, "b"}, {'c', "A", 4, 0, "e"}}, {"1 > \"b\" missing 1", "1 > \"e\" missing 2"}},
      {"lost at the end, known by the acknowledgement",
       {{'c', "A", 0, 0, "a"}, {'s', "A", 0, 5}},
       {"1 > \"a\"", "1 > \"\" missing 4", "1 < \"\" acked 5"}},
      {"lost before the end", {{'c', "FA", 3, 0}}, {"1 > \"\" missing 3", "1 > fin"}},
      {"the end comes too early", {{'c', "FA", 2, 0, "c"}, {'c', "A", 0, 0, "ab"}}, {"1 > \"ab\"", "1 > \"c\"", "1 > fin"}},
      {"the end is acknowledged: nothing comes again",
       {{'c', "FA", 2, 0}, {'s', "A", 0, 3}, {'c', "A", 0, 0, "ab"}},
       {"1 > \"\" missing 2", "1 > fin", "1 < \"\" acked 2"}},
      {"reset with a gap", {{'c', "A", 2, 0, "c"}, {'s', "R", 0, 0}}, {"1 > \"c\" missing 2", "1 < reset"}},
      {"the end of another time",
       {{'c', "A", 0, 0, "abc"}, {'c', "FA", -200'000, 0}, {'c', "FA", -5, 0, "yz"}, {'c', "FA", 1, 0, "b"}, {'c', "A", 3, 0, "d"}},
       {"1 > \"abc\"", "1 > \"d\""}},
      {"the end again",
       {{'c', "FA", 0, 0, "a"}, {'c', "FA", 0, 0, "a"}, {'c', "FA", 1, 0}, {'s', "A", 0, 2, "b"}},
       {"1 > \"a\"", "1 > fin", "1 < \"b\" acked 1"}},
      {"octets behind the end", {{'c', "FA", 0, 0, "a"}, {'c', "A", 1, 0, "zz"}}, {"1 > \"a\"", "1 > fin"}},
  };
  expect_after_handshake(cases);
}

// A copy that comes late acknowledges what its octets' first copy could not.
TEST(Reassembly, AcknowledgesNoMoreThanWhatFollowed) {
  EXPECT_THAT(after_handshake({{'s', "A", 0, 0, "0123456789"}, {'c', "A", 2, 3, "cd"}, {'c', "A", 0, 9, "ab"}}),
              ElementsAre("1 < \"0123456789\"", "1 > \"ab\" acked 3", "1 > \"cd\" acked 3"));
}

TEST(Reassembly, NeverTakesAnAcknowledgementBack) {
  EXPECT_THAT(
      after_handshake({{'s', "A", 0, 0, "0123"}, {'c', "A", 0, 4}, {'c', "A", 0, 2}, {'c', "A", 0, 2, "x"}, {'c', "A", 1, 99999}}),
      ElementsAre("1 < \"0123\"", "1 > \"\" acked 4", "1 > \"x\" acked 4", "1 > \"\" acked 99999", "1 < \"\" missing 99995"));
}

// After the handshake, with the milliseconds at which each packet comes.
Lines told_at(const std::vector<std::pair<int, P>>& packets) {
  RecordedSink sink;
  Reassembly reassembly(sink);
  reassembly.take(packet_of({'c', "S", -1, 0}), Time(), 1);
  reassembly.take(packet_of({'s', "SA", -1, 0}), Time(), 2);
  for (const auto& [at, packet] : packets) reassembly.take(packet_of(packet), Time(std::chrono::milliseconds(at)), 3);
  return {sink.lines.begin() + 1, sink.lines.end()};
}

TEST(Reassembly, WaitsASecondForWhatWasAcknowledgedUnseen) {
  const std::vector<std::pair<int, P>> lost = {
      {10, {'c', "A", 3, 0, "def"}}, {11, {'s', "A", 0, 6}}, {1010, {'c', "A", 6, 0, "g"}}};
  EXPECT_THAT(told_at(lost), ElementsAre());
  auto longer = lost;
  longer.push_back({1011, {'s', "A", 0, 7}});
  EXPECT_THAT(told_at(longer), ElementsAre("1 > \"def\" missing 3", "1 > \"g\"", "1 < \"\" acked 7"));
  auto late = lost;
  late.push_back({1011, {'c', "A", 0, 0, "abc"}});
  EXPECT_THAT(told_at(late), ElementsAre("1 > \"abc\"", "1 > \"def\"", "1 > \"g\"", "1 < \"\" acked 6"));
}

// Seen on two ways of which one is longer: an answer is told behind what it answers, and no earlier.
TEST(Reassembly, TellsWhatIsAcknowledgedBeforeWhoAcknowledgesIt) {
  RecordedSink sink(RecordedSink::Detail::TimesAndPackets);
  Reassembly reassembly(sink);
  int at = 0;
  for (const P& packet : std::vector<P>{
           {'c', "S", -1, 0}, {'s', "SA", -1, 0}, {'s', "FA", 0, 4, "pong"}, {'c', "FA", 4, 5}, {'c', "A", 0, 0, "ping"}}) {
    reassembly.take(packet_of(packet), Time(Duration(at)), at);
    ++at;
  }
  EXPECT_THAT(sink.lines, ElementsAre("1 opened 10.0.0.1:1000 > 10.0.0.2:80 at 1970-01-01T00:00:00.000000000Z in packet 0",
                                      "1 > \"ping\" at 1970-01-01T00:00:00.000000004Z in packet 4",
                                      "1 < \"pong\" acked 4 at 1970-01-01T00:00:00.000000004Z in packet 2",
                                      "1 < fin at 1970-01-01T00:00:00.000000002Z in packet 2",
                                      "1 > \"\" acked 4 at 1970-01-01T00:00:00.000000004Z in packet 3",
                                      "1 > fin at 1970-01-01T00:00:00.000000003Z in packet 3"));
}

// A direction of which nothing is seen at all, as where two ways are taken.
TEST(Reassembly, TellsADirectionThatItNeverSees) {
  EXPECT_THAT(told_at({{0, {'c', "A", 0, 40, "a"}}, {500, {'c', "A", 1, 80, "b"}}, {1000, {'c', "A", 2, 90, "c"}}}),
              ElementsAre("1 < \"\" missing 90", "1 > \"a\" acked 40", "1 > \"b\" acked 80", "1 > \"c\" acked 90"));
}

// What nobody has acknowledged may be sent again.
TEST(Reassembly, WaitsLongerForWhatWasNotAcknowledged) {
  EXPECT_THAT(told_at({{0, {'c', "A", 3, 0, "def"}}, {9000, {'c', "A", 6, 0, "g"}}, {9001, {'c', "A", 0, 0, "abc"}}}),
              ElementsAre("1 > \"abc\"", "1 > \"def\"", "1 > \"g\""));
}

TEST(Reassembly, HoldsNoMoreThanItsLimit) {
  Limits limits;
  limits.tcp_held_bytes_max = 1000;
  EXPECT_THAT(
      after_handshake(
          {{'c', "A", 1, 0, "b"}, {'c', "A", 5, 0, std::string(2000, 'x')}, {'c', "A", 0, 0, "a"}, {'c', "A", 2005, 0, "z"}},
          limits),
      ElementsAre("1 > \"b\" missing 1", ::testing::HasSubstr("2000 octets"), "1 > \"z\""));
  limits.tcp_held_bytes_max_all = 0;
  EXPECT_THAT(after_handshake({{'c', "A", 1, 0, "b"}, {'c', "A", 3, 0, "d"}}, limits),
              ElementsAre("1 > \"b\" missing 1", "1 > \"d\" missing 1"));
}

// By what comes later: what never comes was lost, whatever was held behind it.
TEST(Reassembly, CountsConnectionsWhoseOctetsCameTooLateForItsLimit) {
  Limits limits;
  limits.tcp_held_bytes_max = 1000;
  RecordedSink sink;
  Reassembly reassembly(sink, limits);
  const auto take = [&](const P& p) { reassembly.take(packet_of(p), Time(), 1); };
  for (std::uint16_t port = 1; port <= 2; ++port) {
    take({'c', "S", -1, 0, {}, port});
    take({'s', "SA", -1, 0, {}, port});
    take({'c', "A", 0, 0, "a", port});
    take({'c', "A", 5, 0, std::string(2000, 'x'), port});
    take({'c', "A", 0, 0, "a", port});
    take({'c', "A", 2005, 0, "z", port});
  }
  EXPECT_EQ(reassembly.over_held(), 0u);
  for (int i = 0; i < 2; ++i) take({'c', "A", 1, 0, "bcde", 2});
  EXPECT_EQ(reassembly.over_held(), 1u);
  reassembly.end();
  EXPECT_EQ(reassembly.over_held(), 1u);
}

// When it was first seen: its sender had sent it then.
TEST(Reassembly, WhatWaitedHasTheTimeAtWhichItWasSeen) {
  RecordedSink sink(RecordedSink::Detail::TimesAndPackets);
  Reassembly reassembly(sink);
  const auto take = [&](int seconds, const P& p) { reassembly.take(packet_of(p), Time(std::chrono::seconds(seconds)), 1); };
  take(0, {'c', "S", -1, 0});
  take(1, {'c', "A", 3, 0, "late"});
  take(2, {'c', "A", 0, 0, "abc"});
  EXPECT_THAT(sink.lines, ElementsAre(::testing::_, ::testing::StartsWith("1 > \"abc\" at 1970-01-01T00:00:02"),
                                      ::testing::StartsWith("1 > \"late\" at 1970-01-01T00:00:01")));
}

class Joined final : public RecordedSink {
 public:
  void on_chunk(ConnectionNumber, const Chunk& chunk) override {
    if (chunk.direction == Direction::ToClient) return;
    EXPECT_EQ(chunk.missing, 0u);
    EXPECT_GE(chunk.acked, acked);
    acked = chunk.acked;
    octets += as_text(chunk.bytes);
  }
  std::string octets;
  std::uint64_t acked = 0;
};

// Whatever order, however often, cut however: the octets come out once and in order when each came at least once.
TEST(Reassembly, GivesEveryOctetOnceWhateverTheOrder) {
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    SCOPED_TRACE(seed);
    std::mt19937_64 random(seed);
    std::string text(random() % 400 + 1, ' ');
    for (char& c : text) c = static_cast<char>('a' + random() % 26);
    std::vector<P> packets;
    for (std::size_t at = 0; at < text.size();) {
      const std::size_t size = random() % 20 + 1;
      for (std::uint64_t copies = random() % 3 + 1; copies-- > 0;) {
        const std::size_t from = at - std::min<std::size_t>(at, random() % 5);
        packets.push_back({'c', "A", static_cast<int>(from), static_cast<int>(random() % 50), text.substr(from, at + size - from)});
      }
      at += size;
    }
    std::ranges::shuffle(packets, random);
    Joined sink;
    Reassembly reassembly(sink);
    reassembly.take(packet_of({'c', "S", -1, 0}), Time(), 1);
    for (const P& p : packets) reassembly.take(packet_of(p), Time(), 2);
    reassembly.take(packet_of({'s', "A", 0, 0, std::string(50, 's')}), Time(), 2);  // what they acknowledge
    EXPECT_EQ(sink.octets, text);
    for (const P& p : packets) {
      const std::optional<Placement> placement = reassembly.take(packet_of(p), Time(), 3);
      ASSERT_TRUE(placement);
      EXPECT_EQ(placement->offset, p.seq);
    }
  }
}

}  // namespace
}  // namespace testigo::tcp
