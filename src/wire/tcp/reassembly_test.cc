#include "wire/tcp/reassembly.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "wire/tcp/testing/script.h"

namespace testigo::tcp {
namespace {

using namespace testing;
using ::testing::ElementsAre;

TEST(Reassembly, TellsAWholeConnection) {
  EXPECT_THAT(after_handshake({{'c', "A", 0, 0, "ping"},
                               {'s', "A", 0, 4},
                               {'s', "A", 0, 4, "pong!"},
                               {'c', "FA", 4, 5},
                               {'s', "A", 5, 5},
                               {'s', "FA", 5, 5},
                               {'c', "A", 5, 6}}),
              ElementsAre("1 > \"ping\"", "1 < \"\" acked 4", "1 < \"pong!\" acked 4", "1 > \"\" acked 5", "1 > fin", "1 < fin"));
}

TEST(Reassembly, TellsOctetsBeforeTheEndThatComesWithThem) {
  EXPECT_THAT(after_handshake({{'c', "FA", 0, 0, "bye"}, {'s', "A", 0, 4, "still here"}}),
              ElementsAre("1 > \"bye\"", "1 > fin", "1 < \"still here\" acked 3"));
}

TEST(Reassembly, GivesTimeAndPacketOfEach) {
  RecordedSink sink(RecordedSink::Detail::TimesAndPackets);
  Reassembly reassembly(sink);
  reassembly.take(packet_of({'c', "S", -1, 0}), Time(std::chrono::nanoseconds(1)), 10);
  reassembly.take(packet_of({'c', "A", 2, 0, "cd"}), Time(std::chrono::nanoseconds(2)), 11);
  reassembly.take(packet_of({'c', "A", 0, 0, "ab"}), Time(std::chrono::nanoseconds(3)), 12);
  EXPECT_THAT(sink.lines, ElementsAre("1 opened 10.0.0.1:1000 > 10.0.0.2:80 at 1970-01-01T00:00:00.000000001Z in packet 10",
                                      "1 > \"ab\" at 1970-01-01T00:00:00.000000003Z in packet 12",
                                      "1 > \"cd\" at 1970-01-01T00:00:00.000000002Z in packet 11"));
}

TEST(Reassembly, RefusedIsAResetInsteadOfAnAnswer) {
  EXPECT_THAT(lines_of({{'c', "S", -1, 0}, {'s', "RA", 5, 0}}),
              ElementsAre("1 opened 10.0.0.1:1000 > 10.0.0.2:80", "1 < refused", "end"));
  EXPECT_THAT(lines_of({{'c', "S", -1, 0}, {'c', "R", 0, 0}}),
              ElementsAre("1 opened 10.0.0.1:1000 > 10.0.0.2:80", "1 > reset", "end"));
}

// Copied on its way, or seen at two places; a client that tries again takes another sequence number.
TEST(Reassembly, ASynAgainBehindWhatRefusedItIsNoAttemptMore) {
  const P syn{'c', "S", -1, 0}, refusal{'s', "RA", 5, 0};
  EXPECT_EQ(lines_of({syn, refusal, syn, refusal}), lines_of({syn, refusal}));
  EXPECT_EQ(lines_of({syn, {'c', "R", 0, 0}, syn}), lines_of({syn, {'c', "R", 0, 0}}));
  EXPECT_THAT(lines_of({syn, refusal, {'c', "S", 500, 0}, {'s', "RA", 5, 501}}),
              ElementsAre("1 opened 10.0.0.1:1000 > 10.0.0.2:80", "1 < refused", "2 opened 10.0.0.1:1000 > 10.0.0.2:80",
                          "2 < refused", "end"));
}

// The refusal was lost on its way to the client, whose SYN, sent again, finds a server.
TEST(Reassembly, ASynThatIsAnsweredAfterAllIsAnAttempt) {
  EXPECT_THAT(lines_of({{'c', "S", -1, 0}, {'s', "RA", 5, 0}, {'c', "S", -1, 0}, {'s', "SA", -1, 0}, {'c', "A", 0, 0, "a"}}),
              ElementsAre("1 opened 10.0.0.1:1000 > 10.0.0.2:80", "1 < refused", "2 opened 10.0.0.1:1000 > 10.0.0.2:80",
                          "2 > \"a\"", "end"));
}

TEST(Reassembly, PassesOverAResetOfAnotherTime) {
  EXPECT_THAT(after_handshake({{'s', "RA", -0x7000000, 0}, {'c', "A", 0, 0, "x"}}), ElementsAre("1 > \"x\""));
}

TEST(Reassembly, TheSamePortsAgainAreANewConnection) {
  std::vector<P> packets = {{'c', "S", -1, 0}, {'s', "SA", -1, 0}, {'c', "A", 0, 0, "a"},
                            {'c', "S", -1, 0}, {'c', "RA", 1, 0},  {'s', "A", 0, 1, "late"},
                            {'c', "S", -1, 0}, {'s', "SA", -1, 0}, {'c', "A", 0, 0, "b"}};
  EXPECT_THAT(lines_of(packets), ElementsAre("1 opened 10.0.0.1:1000 > 10.0.0.2:80", "1 > \"a\"", "1 > reset",
                                             "2 opened 10.0.0.1:1000 > 10.0.0.2:80", "2 > \"b\"", "end"));
  packets = {{'c', "S", -1, 0}, {'c', "A", 2, 0, "c"}, {'c', "S", 5000, 0}, {'c', "A", 5001, 0, "new"}};
  EXPECT_THAT(lines_of(packets), ElementsAre("1 opened 10.0.0.1:1000 > 10.0.0.2:80", "1 > \"c\" missing 2",
                                             "2 opened 10.0.0.1:1000 > 10.0.0.2:80", "2 > \"new\"", "end"));
}

TEST(Reassembly, SaysWhenItCameLate) {
  EXPECT_THAT(lines_of({{'s', "A", 70, 30, "pong"}, {'c', "A", 30, 74, "ping"}, {'c', "A", 34, 74, "again"}}),
              ElementsAre("1 opened 10.0.0.1:1000 > 10.0.0.2:80 late", "1 < \"pong\" missing ?", "1 > \"ping\" missing ? acked 4",
                          "1 > \"again\" acked 4", "end"));
  EXPECT_THAT(lines_of({{'s', "A", 70, 30}, {'c', "RA", 30, 74}, {'c', "FA", 31, 74}}), ElementsAre("end"));
}

TEST(Reassembly, KeepsConnectionsApart) {
  EXPECT_THAT(
      lines_of(
          {{'c', "S", -1, 0, "", 1000}, {'c', "S", -1, 0, "", 2000}, {'c', "A", 0, 0, "two", 2000}, {'c', "A", 0, 0, "one", 1000}}),
      ElementsAre("1 opened 10.0.0.1:1000 > 10.0.0.2:80", "2 opened 10.0.0.1:2000 > 10.0.0.2:80", "2 > \"two\"", "1 > \"one\"",
                  "end"));
}

TEST(Reassembly, FollowsNoMoreConnectionsThanItsLimit) {
  Limits limits;
  limits.tcp_connections_max = 2;
  RecordedSink sink;
  Reassembly reassembly(sink, limits);
  for (std::uint16_t port = 1; port <= 5; ++port) reassembly.take(packet_of({'c', "S", -1, 0, "", port}), Time(), port);
  EXPECT_EQ(sink.lines.size(), 2u);
  EXPECT_EQ(reassembly.not_followed(), 3u);
  reassembly.take(packet_of({'s', "RA", 0, 0, "", 1}), Time(), 6);
  reassembly.take(packet_of({'c', "S", -1, 0, "", 9}), Time(), 7);
  EXPECT_EQ(sink.lines.back(), "3 opened 10.0.0.1:9 > 10.0.0.2:80");
}

TEST(Reassembly, SurvivesRandomPackets) {
  std::mt19937_64 random(7);
  Limits limits;
  limits.tcp_held_bytes_max = 3000;
  limits.tcp_connections_max = 20;
  RecordedSink sink;
  Reassembly reassembly(sink, limits);
  const std::string payload(100, 'x');
  for (int i = 0; i < 50'000; ++i) {
    Packet packet = packet_of({random() % 2 ? 'c' : 's',
                               "",
                               static_cast<int>(random() % 300),
                               static_cast<int>(random() % 300),
                               {},
                               static_cast<std::uint16_t>(random() % 40)});
    packet.payload = as_octets(payload).first(random() % 100);
    if (random() % 10 == 0) packet.sequence = static_cast<std::uint32_t>(random());
    if (random() % 10 == 0) packet.acknowledgement = static_cast<std::uint32_t>(random());
    packet.ack = random() % 8 != 0, packet.syn = random() % 16 == 0, packet.fin = random() % 16 == 0,
    packet.rst = random() % 32 == 0;
    packet.cut = random() % 16 == 0 ? random() % 100 : 0;
    reassembly.take(packet, Time(), static_cast<std::uint64_t>(i) + 1);
  }
  reassembly.end();
  EXPECT_EQ(sink.lines.back(), "end");
}

}  // namespace
}  // namespace testigo::tcp
