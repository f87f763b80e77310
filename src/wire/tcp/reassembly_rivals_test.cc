#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <iterator>

#include "wire/tcp/testing/script.h"

namespace testigo::tcp {
namespace {

using namespace testing;
using ::testing::ElementsAre;

// Of the same ends, from other first numbers.
std::vector<P> moved(std::vector<P> packets, int client, int server) {
  for (P& p : packets) {
    p.seq += p.from == 'c' ? client : server;
    p.ack += p.from == 'c' ? server : client;
  }
  return packets;
}

std::vector<P> in_turns(const std::vector<P>& one, const std::vector<P>& other) {
  std::vector<P> both;
  for (std::size_t i = 0; i < one.size(); ++i) both.insert(both.end(), {one[i], other[i]});
  return both;
}

std::vector<P> one_after_the_other(std::vector<P> one, const std::vector<P>& other) {
  one.insert(one.end(), other.begin(), other.end());
  return one;
}

Lines of(const Lines& lines, const std::string& number) {
  Lines of_one;
  std::ranges::copy_if(lines, std::back_inserter(of_one), [&](const std::string& line) { return line.starts_with(number + " "); });
  return of_one;
}

std::vector<P> talk(const char* first, const char* then, const char* answered) {
  return {{'c', "S", -1, 0},      {'s', "SA", -1, 0}, {'c', "A", 0, 0},  {'c', "A", 0, 0, first}, {'s', "A", 0, 2, answered},
          {'c', "A", 2, 2, then}, {'c', "FA", 4, 2},  {'s', "FA", 2, 5}, {'c', "A", 5, 3}};
}

Lines told(const std::string& number, const std::string& a, const std::string& b, const std::string& answered) {
  return {number + " opened 10.0.0.1:1000 > 10.0.0.2:80",
          number + " > \"" + a + "\"",
          number + " < \"" + answered + "\" acked 2",
          number + " > \"" + b + "\" acked 2",
          number + " > fin",
          number + " < \"\" acked 4",
          number + " < fin"};
}

// In two VLANs, or on both sides of a proxy that keeps addresses.
TEST(Reassembly, TwoConnectionsOfTheSamePortsGoOnBesideEachOther) {
  struct Far {
    int client, server;
  };
  for (const Far far :
       {Far{776'000, 94'000}, {-776'000, -94'000}, {1'500'000'000, -700'000'000}, {5000, 5000}, {-5000, 9'000'000}}) {
    SCOPED_TRACE(far.client);
    const std::vector<P> one = talk("ab", "cd", "xy"), other = moved(talk("AB", "CD", "XY"), far.client, far.server);
    for (const std::vector<P>& packets : {in_turns(one, other), in_turns(in_turns(one, one), in_turns(other, other))}) {
      const Lines lines = lines_of(packets);
      EXPECT_EQ(of(lines, "1"), told("1", "ab", "cd", "xy"));
      EXPECT_EQ(of(lines, "2"), told("2", "AB", "CD", "XY"));
      EXPECT_EQ(lines.size(), 2 * 7u + 1);
    }
  }
}

// Both are open, and one says everything before the other one does.
TEST(Reassembly, OneOfTwoConnectionsOfTheSamePortsMayRest) {
  const std::vector<P> one = talk("ab", "cd", "xy"), other = moved(talk("AB", "CD", "XY"), 776'000, 94'000);
  std::vector<P> packets(one.begin(), one.begin() + 4);
  packets = one_after_the_other(packets, other);
  packets.insert(packets.end(), one.begin() + 4, one.end());
  const Lines lines = lines_of(packets);
  EXPECT_EQ(of(lines, "1"), told("1", "ab", "cd", "xy"));
  EXPECT_EQ(of(lines, "2"), told("2", "AB", "CD", "XY"));
}

TEST(Reassembly, WhatIsOfNeitherOfTwoIsAThirdOne) {
  const std::vector<P> one = talk("ab", "cd", "xy"), other = moved(talk("AB", "CD", "XY"), 776'000, 94'000);
  const std::vector<P> third = {
      {'c', "A", 5'000'000, 5'000'000, "b"}, {'s', "A", 5'000'000, 5'000'001, "c"}, {'c', "A", 5'000'001, 5'000'001, "d"}};
  EXPECT_THAT(of(lines_of(one_after_the_other(in_turns(one, other), third)), "3"),
              ElementsAre("3 opened 10.0.0.1:1000 > 10.0.0.2:80 late", "3 < \"c\" missing ?", "3 > \"d\" missing ? acked 1"));
}

class Silence : public ::testing::Test {
 protected:
  void take(const std::vector<P>& packets) {
    for (const P& p : packets) reassembly.take(packet_of(p), time, ++number);
  }
  bool has(const char* line) const { return std::ranges::find(sink.lines, line) != sink.lines.end(); }

  RecordedSink sink;
  Limits limits;
  Reassembly reassembly{sink, limits};
  Time time{std::chrono::hours(1)};
  std::uint64_t number = 0;
  const std::vector<P> begun = {{'c', "S", -1, 0}, {'s', "SA", -1, 0}, {'c', "A", 0, 0, "ab"}};
  const std::vector<P> elsewhere = {{'c', "S", -1, 0, "", 2000}};
};

// Of most of them the end was not seen, and the ports are used again.
TEST_F(Silence, IsTheEndOfAReplacedConnection) {
  take(begun);
  take(moved(begun, 5000, 5000));
  time += std::chrono::seconds(59);
  take(elsewhere);
  EXPECT_FALSE(has("1 over"));
  time += std::chrono::seconds(2);
  take({{'c', "S", -1, 0, "", 3000}});
  EXPECT_TRUE(has("1 over"));
  EXPECT_FALSE(has("2 over"));
}

TEST_F(Silence, IsNotOfAConnectionThatSpokeSince) {
  take(begun);
  take(moved(begun, 5000, 5000));
  take(begun);  // copies are nothing new
  take({{'s', "A", 0, 2, "xy"}});
  time += std::chrono::minutes(2);
  take(elsewhere);
  EXPECT_FALSE(has("1 over"));
  EXPECT_TRUE(has("1 < \"xy\" acked 2"));
}

TEST_F(Silence, IsNotWaitedForWhereAThirdOneComes) {
  for (int i = 0; i < 1000; ++i) take(moved(begun, 5000 * i, 5000 * i));
  for (int i = 1; i <= 998; ++i) EXPECT_TRUE(has((std::to_string(i) + " over").c_str())) << i;
  EXPECT_FALSE(has("999 over"));
}

TEST(Reassembly, ManyReplacedConnectionsMakeRoomForOthers) {
  Limits limits;
  limits.tcp_connections_max = 10;
  RecordedSink sink;
  Reassembly reassembly(sink, limits);
  for (std::uint16_t port = 1; port <= 9; ++port) {
    for (const int isn : {-1, 4999}) reassembly.take(packet_of({'c', "S", isn, 0, "", port}), Time(), port);
  }
  EXPECT_EQ(reassembly.not_followed(), 0u);
  EXPECT_EQ(std::ranges::count_if(sink.lines, [](const std::string& line) { return line.ends_with(" over"); }), 8);
}

// They are another connection's, the beginning of which was not seen.
TEST(Reassembly, WhatLiesBeforeTheFirstOctetOfASeenSynIsAnothersConnection) {
  const std::vector<P> other = {{'c', "A", -900, -900, "12"}, {'s', "A", -900, -898, "34"}};
  const Lines lines = after_handshake(one_after_the_other({{'c', "A", 0, 0, "ab"}}, other));
  EXPECT_THAT(lines, ElementsAre("1 > \"ab\"", "1 over", "2 opened 10.0.0.1:1000 > 10.0.0.2:80 late", "2 < \"34\" missing ?"));
  // A keep-alive may lie there.
  EXPECT_THAT(after_handshake({{'c', "A", -1, 0, "?"}, {'s', "A", 0, 0}, {'c', "A", 0, 0, "ab"}}), ElementsAre("1 > \"ab\""));
}

}  // namespace
}  // namespace testigo::tcp
