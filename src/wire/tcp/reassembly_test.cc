#include "wire/tcp/reassembly.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
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
  EXPECT_THAT(lines_of(packets), ElementsAre("1 opened 10.0.0.1:1000 > 10.0.0.2:80", "2 opened 10.0.0.1:1000 > 10.0.0.2:80",
                                             "2 > \"new\"", "1 > \"c\" missing 2", "end"));
}

constexpr const char* kOpened = "1 opened 10.0.0.1:1000 > 10.0.0.2:80";
constexpr const char* kWentOn = "2 opened 10.0.0.1:1000 > 10.0.0.2:80 late";

// RFC 9293 3.10.7.4, RFC 5961 3.2: only the next octet's RST must be accepted.
TEST(Reassembly, WhatGoesOnBehindAResetIsNotLost) {
  for (const int reset : {1002, 0}) {
    EXPECT_THAT(lines_of({{'c', "S", -1, 0},
                          {'s', "SA", -1, 0},
                          {'c', "A", 0, 0, "ab"},
                          {'s', "A", 0, 2, "xy"},
                          {'s', "R", reset, 0},
                          {'c', "A", 2, 2, "cd"},
                          {'s', "A", 2, 4, "zw"},
                          {'c', "A", 4, 4, "ef"}}),
                ElementsAre(kOpened, "1 > \"ab\"", "1 < \"xy\" acked 2", "1 < reset", kWentOn, "2 < \"zw\" missing ?",
                            "2 > \"ef\" missing ? acked 2", "end"));
  }
}

// It was under way when the RST was sent; copies may come at any time.
TEST(Reassembly, WhatComesBehindAResetUnacknowledgedIsOver) {
  EXPECT_THAT(after_handshake({{'c', "A", 0, 0, "ab"},
                               {'s', "A", 0, 2, "xy"},
                               {'c', "R", 2, 0},
                               {'s', "A", 2, 2, "zw"},
                               {'c', "R", 2, 0},
                               {'c', "A", 0, 0, "ab"},
                               {'s', "A", 0, 2, "xy"},
                               {'s', "A", 4, 2, "more"},
                               {'c', "A", 2, 2}}),
              ElementsAre("1 > \"ab\"", "1 < \"xy\" acked 2", "1 > reset"));
}

TEST(Reassembly, TheSamePortsAgainAreANewConnectionAlsoWhenItsSynWasNotSeen) {
  const std::vector<P> closed = {
      {'c', "S", -1, 0}, {'s', "SA", -1, 0}, {'c', "FA", 0, 0, "a"}, {'s', "FA", 0, 2}, {'c', "A", 2, 1}};
  const std::vector<P> open = {{'c', "S", -1, 0}, {'s', "SA", -1, 0}, {'c', "A", 0, 0, "a"}};
  const auto lines = [](std::vector<P> first, const std::vector<P>& then) {
    first.insert(first.end(), then.begin(), then.end());
    Lines lines = lines_of(first);
    return Lines(std::ranges::find_if(lines, [](const std::string& line) { return line.starts_with("2 "); }), lines.end());
  };
  // Its SYN/ACK was seen, which says where both directions begin; a copy of the first one's says nothing.
  EXPECT_THAT(
      lines(closed, {{'s', "SA", -1, 0}, {'s', "SA", 6999, 9000}, {'c', "A", 9000, 7000, "b"}, {'s', "A", 7000, 9001, "c"}}),
      ElementsAre("2 opened 10.0.0.1:1000 > 10.0.0.2:80", "2 > \"b\"", "2 < \"c\" acked 1", "end"));
  for (const int far : {5'000, 900'000'000, 2'000'000'000, -300'000'000}) {
    EXPECT_THAT(lines(closed, {{'c', "A", far, far, "b"}, {'s', "A", far, far + 1, "c"}, {'c', "A", far + 1, far + 1, "d"}}),
                ElementsAre(kWentOn, "2 < \"c\" missing ?", "2 > \"d\" missing ? acked 1", "end"))
        << far;
  }
  for (const int far : {1'500'000'000, 2'000'000'000, -1'500'000'000, -300'000'000}) {
    EXPECT_THAT(
        lines(open,
              {{'c', "A", far, far, "b"}, {'c', "A", far + 1, far, "b"}, {'s', "A", far, far + 1}, {'s', "A", far, far + 2, "c"}}),
        ElementsAre(kWentOn, "2 > \"\" missing 1", "2 < \"c\" missing ? acked 1", "end"))
        << far;
    EXPECT_THAT(lines(open, {{'s', "SA", far - 1, far}, {'c', "A", far, far}, {'c', "A", far, far, "b"}}),
                ElementsAre(kWentOn, "2 > \"b\" missing ?", "end"))
        << far;
  }
}

TEST(Reassembly, CountsWhatBeganUnseen) {
  RecordedSink sink;
  Reassembly reassembly(sink);
  std::uint64_t number = 0;
  for (const P& p : std::vector<P>{{'c', "S", -1, 0}, {'s', "SA", -1, 0}, {'s', "R", 0, 0}, {'c', "A", 0, 0, "a"}}) {
    reassembly.take(packet_of(p), Time(), ++number);
  }
  EXPECT_EQ(reassembly.began_unseen(), 0u);
  reassembly.take(packet_of({'s', "A", 0, 1}), Time(), ++number);
  EXPECT_EQ(reassembly.began_unseen(), 1u);
}

TEST(Reassembly, APacketOfAnotherTimeEndsNothing) {
  EXPECT_THAT(after_handshake({{'c', "A", 0, 0, "a"},
                               {'s', "SA", 1'500'000'000, 1'500'000'000},
                               {'c', "A", 1'500'000'000, 0, "b"},
                               {'s', "A", 0, 1, "c"}}),
              ElementsAre("1 > \"a\"", "1 < \"c\" acked 1"));
}

// What begins with 'c' or 's' is of the client, or of the server.
std::optional<Direction> first_letter(Bytes payload) {
  if (payload.empty()) return std::nullopt;
  const auto first = std::to_integer<char>(payload[0]);
  if (first == 'c') return Direction::ToServer;
  return first == 's' ? std::optional(Direction::ToClient) : std::nullopt;
}

// Of a server on a port above those of its clients.
Lines late_lines_of(const std::vector<P>& packets) {
  Lines both;
  for (const auto ways : {Reassembly::Ways::Both, Reassembly::Ways::LongAlone}) {
    RecordedSink sink;
    Reassembly reassembly(sink, {}, ways, 0, first_letter);
    for (const P& p : packets) {
      Packet packet = packet_of(p);
      (p.from == 'c' ? packet.destination_port : packet.source_port) = 50051;
      reassembly.take(packet, Time(), 1);
    }
    reassembly.end();
    EXPECT_TRUE(both.empty() || both == sink.lines);
    EXPECT_EQ(reassembly.began_unseen(), 0u);
    both = sink.lines;
  }
  return both;
}

TEST(Reassembly, WhatIsSaidTellsWhoTheServerIs) {
  EXPECT_THAT(
      late_lines_of({{'c', "A", 5, 5, "c1"}, {'s', "A", 5, 7, "s1"}}),
      ElementsAre("1 opened 10.0.0.1:1000 > 10.0.0.2:50051 late", "1 > \"c1\" missing ?", "1 < \"s1\" missing ? acked 2", "end"));
  EXPECT_THAT(
      late_lines_of({{'s', "A", 5, 5, "s1"}, {'c', "A", 5, 7, "c1"}}),
      ElementsAre("1 opened 10.0.0.1:1000 > 10.0.0.2:50051 late", "1 < \"s1\" missing ?", "1 > \"c1\" missing ? acked 2", "end"));
}

const std::string kLate = "1 opened 10.0.0.1:1000 > 10.0.0.2:50051 late", kTurned = "1 opened 10.0.0.2:50051 > 10.0.0.1:1000 late";

TEST(Reassembly, WaitsForWhatTellsWhoTheServerIs) {
  const std::vector<P> packets = {{'c', "A", 5, 5, "?"}, {'s', "A", 5, 6}, {'s', "A", 5, 6, "s1"}, {'s', "A", 7, 6, "c: no"}};
  EXPECT_THAT(late_lines_of(packets), ElementsAre(kLate, "1 > \"?\" missing ?", "1 < \"\" acked 1", "1 < \"s1\" missing ? acked 1",
                                                  "1 < \"c: no\" acked 1", "end"));
  // In vain: the packets end, or the connection does.
  EXPECT_THAT(late_lines_of({packets[0], packets[1]}), ElementsAre(kTurned, "1 < \"?\" missing ?", "1 > \"\" acked 1", "end"));
  EXPECT_THAT(late_lines_of({packets[0], {'c', "R", 6, 5}, packets[2]}),
              ElementsAre(kTurned, "1 < \"?\" missing ?", "1 < reset", "end"));
  EXPECT_THAT(late_lines_of({packets[0], {'c', "S", 100, 0}, {'s', "SA", 100, 101}}),
              ElementsAre(kTurned, "1 < \"?\" missing ?", "1 over", "2 opened 10.0.0.1:1000 > 10.0.0.2:50051", "end"));
}

TEST(Reassembly, BeginsAgainWhereThePortsMisled) {
  std::vector<P> packets;
  for (int i = 0; i < 40; ++i) packets.push_back({'c', "A", 5 + i, 5, "?"});
  packets.push_back({'s', "A", 5, 45, "s1"});
  packets.push_back({'s', "A", 7, 45, "c: no"});
  const Lines lines = late_lines_of(packets);
  ASSERT_EQ(lines.size(), 46u);
  EXPECT_EQ(lines[0], kTurned);
  EXPECT_EQ(lines[40], "1 < \"?\"");
  EXPECT_THAT(Lines(lines.begin() + 41, lines.end()), ElementsAre("1 turned", "2 opened 10.0.0.1:1000 > 10.0.0.2:50051 late",
                                                                  "2 < \"s1\" missing ?", "2 < \"c: no\"", "end"));
}

// As many as there is room for: of the others the ports are believed.
TEST(Reassembly, LetsOnlySoManyWait) {
  RecordedSink sink;
  Reassembly reassembly(sink, {}, Reassembly::Ways::Both, 0, first_letter);
  for (std::uint16_t port = 1; port <= 1100; ++port) reassembly.take(packet_of({'c', "A", 5, 5, "?", port}), Time(), port);
  EXPECT_EQ(sink.lines.size(), 2 * (1100u - 1024u));
  reassembly.end();
  EXPECT_EQ(sink.lines.size(), 2 * 1100u + 1);
  EXPECT_THAT(sink.lines[2 * (1100 - 1024)], ::testing::EndsWith("10.0.0.1:1 late"));
}

TEST(Reassembly, AnAnswerToASynTellsWhoTheServerIs) {
  const std::vector<P> answered = {{'c', "S", -1, 0, "", 2000}, {'s', "SA", -1, 0, "", 2000}};
  std::vector<P> packets = answered;
  packets.push_back({'c', "A", 5, 5, "?"});
  packets.push_back({'c', "A", 6, 5, "s: no"});
  EXPECT_THAT(late_lines_of(packets),
              ElementsAre("1 opened 10.0.0.1:2000 > 10.0.0.2:50051", "2 opened 10.0.0.1:1000 > 10.0.0.2:50051 late",
                          "2 > \"?\" missing ?", "2 > \"s: no\"", "end"));
  packets = {{'c', "A", 5, 5, "?"}};
  packets.insert(packets.end(), answered.begin(), answered.end());
  packets.push_back({'c', "A", 6, 5, "?"});
  EXPECT_THAT(late_lines_of(packets),
              ElementsAre("1 opened 10.0.0.1:2000 > 10.0.0.2:50051", "2 opened 10.0.0.1:1000 > 10.0.0.2:50051 late",
                          "2 > \"?\" missing ?", "2 > \"?\"", "end"));
  // On another machine it is but likely.
  RecordedSink sink;
  Reassembly reassembly(sink, {}, Reassembly::Ways::Both, 0, first_letter);
  for (const P& p : answered) {
    Packet packet = packet_of(p);
    (p.from == 'c' ? packet.destination_port : packet.source_port) = 50051;
    reassembly.take(packet, Time(), 1);
  }
  const P elsewhere = {'c', "A", 5, 5, "?"};
  Packet packet = packet_of(elsewhere);
  packet.destination = *parse_address("10.0.0.3");
  packet.destination_port = 50051;
  reassembly.take(packet, Time(), 1);
  reassembly.end();
  EXPECT_THAT(sink.lines, ElementsAre(::testing::_, "2 opened 10.0.0.1:1000 > 10.0.0.3:50051 late", "2 > \"?\" missing ?", "end"));
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

TEST(Reassembly, CountsConnectionsOverItsLimitOfWhichNoSynWasSeen) {
  Limits limits;
  limits.tcp_connections_max = 1;
  RecordedSink sink;
  Reassembly reassembly(sink, limits);
  for (std::uint16_t port = 1; port <= 3; ++port) {
    for (int i = 0; i < 3; ++i) reassembly.take(packet_of({'c', "A", i, 0, "x", port}), Time(), 1);
    reassembly.take(packet_of({'s', "A", 0, 3, "y", port}), Time(), 1);
  }
  EXPECT_EQ(reassembly.not_followed(), 2u);
  reassembly.take(packet_of({'c', "S", -1, 0, "", 4}), Time(), 1);
  reassembly.take(packet_of({'c', "A", 0, 0, "x", 4}), Time(), 1);
  EXPECT_EQ(reassembly.not_followed(), 3u);
}

TEST(Reassembly, SurvivesRandomPackets) {
  std::mt19937_64 random(7);
  Limits limits;
  limits.tcp_held_bytes_max = 3000;
  limits.tcp_connections_max = 20;
  RecordedSink sink;
  Reassembly reassembly(sink, limits, Reassembly::Ways::Both, 0, first_letter);
  const std::array<std::string, 3> payloads = {std::string(100, 'x'), std::string(100, 'c'), std::string(100, 's')};
  for (int i = 0; i < 50'000; ++i) {
    Packet packet = packet_of({random() % 2 ? 'c' : 's',
                               "",
                               static_cast<int>(random() % 300),
                               static_cast<int>(random() % 300),
                               {},
                               static_cast<std::uint16_t>(random() % 40)});
    packet.payload = as_octets(payloads[random() % 8 < 6 ? 0 : 1 + random() % 2]).first(random() % 100);
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
