#include "wire/tcp/reassembly.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "wire/tcp/testing/recorded_sink.h"

namespace testigo::tcp {
namespace {

using ::testing::_;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::RecordedSink;
using Lines = std::vector<std::string>;

// A packet in a few letters: who sends it, flags, sequence and acknowledgement as octets since the SYN (which is -1), payload.
struct P {
  char from;  // 'c', 's'
  const char* flags;
  int seq;
  int ack;
  std::string payload = {};
  std::uint16_t client_port = 1000;
};

// Both directions start near the end of the sequence numbers, so that every test sees them wrap.
constexpr std::uint32_t kClientBase = 0xfffffffd, kServerBase = 0xfffffffe;

// Borrows the payload.
Packet packet_of(const P& p) {
  const std::string_view flags(p.flags);
  const bool client = p.from == 'c';
  Packet packet;
  packet.source = *parse_address(client ? "10.0.0.1" : "10.0.0.2");
  packet.destination = *parse_address(client ? "10.0.0.2" : "10.0.0.1");
  packet.source_port = client ? p.client_port : 80;
  packet.destination_port = client ? 80 : p.client_port;
  packet.sequence = (client ? kClientBase : kServerBase) + static_cast<std::uint32_t>(p.seq);
  packet.acknowledgement = (client ? kServerBase : kClientBase) + static_cast<std::uint32_t>(p.ack);
  packet.syn = flags.find('S') != flags.npos;
  packet.ack = flags.find('A') != flags.npos;
  packet.fin = flags.find('F') != flags.npos;
  packet.rst = flags.find('R') != flags.npos;
  packet.payload = as_octets(p.payload);
  return packet;
}

Lines lines_of(const std::vector<P>& packets, const Limits& limits = {}) {
  RecordedSink sink;
  Reassembly reassembly(sink, limits);
  std::uint64_t number = 0;
  for (const P& p : packets) reassembly.take(packet_of(p), Time(std::chrono::milliseconds(number)), number + 1), ++number;
  reassembly.end();
  return sink.lines;
}

// After the handshake; without the line that says that it opened, and the end.
Lines after_handshake(std::vector<P> packets, const Limits& limits = {}) {
  packets.insert(packets.begin(), {{'c', "S", -1, 0}, {'s', "SA", -1, 0}, {'c', "A", 0, 0}});
  Lines lines = lines_of(packets, limits);
  EXPECT_EQ(lines.front(), "1 opened 10.0.0.1:1000 > 10.0.0.2:80");
  EXPECT_EQ(lines.back(), "end");
  return {lines.begin() + 1, lines.end() - 1};
}

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

struct OrderCase {
  const char* name;
  std::vector<P> packets;
  Lines expected;
};

TEST(Reassembly, PutsSegmentsInOrder) {
  const std::vector<OrderCase> cases = {
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
      {"octets behind the end", {{'c', "FA", 0, 0, "a"}, {'c', "A", 1, 0, "zz"}}, {"1 > \"a\"", "1 > fin"}},
  };
  for (const OrderCase& c : cases) EXPECT_EQ(after_handshake(c.packets), c.expected) << c.name;
}

TEST(Reassembly, OctetsOfWhichTwoCopiesDifferAreMissing) {
  const std::vector<OrderCase> cases = {
      {"both held",
       {{'c', "A", 4, 0, "efgh"}, {'c', "A", 4, 0, "eXgY"}, {'c', "A", 0, 0, "abcd"}, {'c', "A", 8, 0, "i"}},
       {"1 > \"abcd\"", "1 > \"e\"", "1 > \"g\" missing 1", "1 > \"i\" missing 1"}},
      {"a third one settles nothing",
       {{'c', "A", 1, 0, "bc"}, {'c', "A", 2, 0, "X"}, {'c', "A", 1, 0, "bcd"}, {'c', "A", 0, 0, "a"}, {'c', "A", 2, 0, "c"}},
       {"1 > \"a\"", "1 > \"b\"", "1 > \"d\" missing 1"}},
      {"the one whose turn it is",
       {{'c', "A", 2, 0, "cd"}, {'c', "A", 0, 0, "abXdef"}},
       {"1 > \"ab\"", "1 > \"d\" missing 1", "1 > \"ef\""}},
      {"over several that are held",
       {{'c', "A", 2, 0, "c"}, {'c', "A", 4, 0, "e"}, {'c', "A", 1, 0, "bXdXf"}, {'c', "A", 0, 0, "a"}},
       {"1 > \"a\"", "1 > \"b\"", "1 > \"d\" missing 1", "1 > \"f\" missing 1"}},
      {"the last ones", {{'c', "A", 1, 0, "b"}, {'c', "A", 1, 0, "X"}, {'c', "A", 0, 0, "a"}}, {"1 > \"a\"", "1 > \"\" missing 1"}},
      {"and then the end",
       {{'c', "A", 1, 0, "b"}, {'c', "FA", 1, 0, "X"}, {'c', "A", 0, 0, "a"}},
       {"1 > \"a\"", "1 > \"\" missing 1", "1 > fin"}},
      {"a copy behind the acknowledgement does not count",
       {{'c', "A", 2, 0, "cd"}, {'s', "A", 0, 3}, {'c', "A", 2, 0, "XY"}, {'c', "A", 0, 0, "ab"}, {'c', "A", 4, 0, "e"}},
       {"1 > \"ab\"", "1 > \"c\"", "1 < \"\" acked 3", "1 > \"e\" missing 1"}},
      {"one was told: nothing is known of what follows",
       {{'c', "A", 0, 0, "abc"}, {'c', "A", 1, 0, "XXde"}, {'c', "A", 1, 0, "YY"}},
       {"1 > \"abc\"", "1 > \"\" missing ?", "1 > \"de\""}},
      {"one was told and acknowledged",
       {{'c', "A", 0, 0, "abc"}, {'s', "A", 0, 3}, {'c', "A", 1, 0, "XXde"}},
       {"1 > \"abc\"", "1 < \"\" acked 3", "1 > \"de\""}},
      {"one was told and acknowledged in part",
       {{'c', "A", 0, 0, "abc"}, {'s', "A", 0, 1}, {'c', "A", 0, 0, "Xbc"}, {'c', "A", 0, 0, "abX"}},
       {"1 > \"abc\"", "1 < \"\" acked 1", "1 > \"\" missing ?"}},
  };
  for (const OrderCase& c : cases) EXPECT_EQ(after_handshake(c.packets), c.expected) << c.name;
}

TEST(Reassembly, ComparesNoMoreThanItsLimits) {
  const std::vector<P> packets = {{'c', "A", 0, 0, std::string(300, 'x')},
                                  {'c', "A", 300, 0, std::string(300, 'x')},
                                  {'c', "A", 0, 0, std::string(20, 'y')},
                                  {'c', "A", 580, 0, std::string(20, 'y')}};
  Limits limits;
  limits.tcp_compared_bytes_max = 100;
  EXPECT_THAT(after_handshake(packets, limits), ElementsAre(_, _, "1 > \"\" missing ?"));
  limits.tcp_compared_bytes_max_all = 0;
  EXPECT_THAT(after_handshake(packets, limits), ElementsAre(_, _));
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

TEST(Reassembly, CountsSnappedOctetsAsMissing) {
  RecordedSink sink;
  Reassembly reassembly(sink);
  reassembly.take(packet_of({'c', "S", -1, 0}), Time(), 1);
  Packet snapped = packet_of({'c', "A", 0, 0});
  snapped.payload = as_octets("ab");
  snapped.cut = 3;
  reassembly.take(snapped, Time(), 2);
  reassembly.take(packet_of({'c', "A", 5, 0, "f"}), Time(), 3);
  snapped = packet_of({'c', "A", 6, 0});
  snapped.cut = 4;
  reassembly.take(snapped, Time(), 4);
  reassembly.end();
  EXPECT_THAT(Lines(sink.lines.begin() + 1, sink.lines.end()),
              ElementsAre("1 > \"ab\"", "1 > \"f\" missing 3", "1 > \"\" missing 4", "end"));
}

Packet snapped_packet(int at, const char* payload, std::size_t cut, const char* flags = "A") {
  Packet packet = packet_of({'c', flags, at, 0});
  packet.payload = as_octets(payload);
  packet.cut = cut;
  return packet;
}

TEST(Reassembly, OctetsThatOnePacketLacksMayComeInAnother) {
  RecordedSink sink;
  Reassembly reassembly(sink);
  reassembly.take(packet_of({'c', "S", -1, 0}), Time(), 1);
  reassembly.take(snapped_packet(2, "c", 3), Time(), 2);
  reassembly.take(packet_of({'c', "A", 2, 0, "cdef"}), Time(), 3);
  reassembly.take(snapped_packet(6, "", 3), Time(), 4);
  reassembly.take(packet_of({'c', "A", 7, 0, "h"}), Time(), 5);
  reassembly.take(packet_of({'c', "A", 9, 0, "j"}), Time(), 6);
  reassembly.take(packet_of({'c', "A", 0, 0, "ab"}), Time(), 7);
  reassembly.end();
  EXPECT_THAT(Lines(sink.lines.begin() + 1, sink.lines.end()),
              ElementsAre("1 > \"ab\"", "1 > \"c\"", "1 > \"def\"", "1 > \"h\" missing 1", "1 > \"j\" missing 1", "end"));
}

TEST(Reassembly, TellsWhatWasSnappedBeforeTheEnd) {
  RecordedSink sink;
  Reassembly reassembly(sink);
  reassembly.take(packet_of({'c', "S", -1, 0}), Time(), 1);
  reassembly.take(snapped_packet(0, "a", 3, "FA"), Time(), 2);
  EXPECT_THAT(Lines(sink.lines.begin() + 1, sink.lines.end()), ElementsAre("1 > \"a\"", "1 > \"\" missing 3", "1 > fin"));
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

// "1 > 4": of connection 1, to the server, four octets from the start.
std::string place_text(const std::optional<Placement>& placement) {
  if (!placement) return "nothing";
  const char* direction = placement->direction == Direction::ToServer ? ">" : "<";
  return std::to_string(placement->connection) + " " + direction + " " + std::to_string(placement->offset);
}

Lines places_of(const std::vector<P>& packets, const Limits& limits = {}) {
  RecordedSink sink;
  Reassembly reassembly(sink, limits);
  Lines places;
  for (const P& p : packets) places.push_back(place_text(reassembly.take(packet_of(p), Time(), 1)));
  return places;
}

TEST(Reassembly, SaysWhereAPayloadLies) {
  EXPECT_THAT(
      places_of({{'c', "S", -1, 0},
                 {'s', "SA", -1, 0},
                 {'c', "A", 0, 0, "abcd"},
                 {'s', "A", 0, 4, "xy"},
                 {'c', "A", 6, 2, "gh"},      // too early
                 {'c', "A", 0, 2, "abcdef"},  // a copy, and more
                 {'c', "A", -1, 2, "?"},      // a keep-alive before the first octet
                 {'c', "A", 0x50000000, 2, "far off"},
                 {'c', "FA", 8, 2, "i"},
                 {'s', "FA", 2, 10},
                 {'c', "A", 4, 2, "efgh"},  // late, and all is closed
                 {'s', "R", 2, 0}}),
      ElementsAre("1 > 0", "1 < 0", "1 > 0", "1 < 0", "1 > 6", "1 > 0", "1 > -1", "nothing", "1 > 8", "1 < 2", "1 > 4", "1 < 2"));
}

TEST(Reassembly, KnowsNoPlaceInWhatItDoesNotFollow) {
  Limits limits;
  limits.tcp_connections_max = 1;
  EXPECT_THAT(places_of({{'c', "A", 0, 0, "", 1000},   // carries nothing: no connection begins with it
                         {'c', "A", 5, 0, "x", 1000},  // seen late: octets count from here
                         {'c', "A", 7, 0, "y", 1000},
                         {'c', "S", -1, 0, "", 2000},
                         {'c', "A", 0, 0, "z", 2000},
                         {'c', "S", 500, 0, "", 1000},  // the same ports anew
                         {'c', "A", 501, 0, "w", 1000}},
                        limits),
              ElementsAre("nothing", "1 > 0", "1 > 2", "nothing", "nothing", "2 > 0", "2 > 0"));
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
      EXPECT_EQ(place_text(reassembly.take(packet_of(p), Time(), 3)), "1 > " + std::to_string(p.seq));
    }
  }
}

// What came of each octet; '?' for those that are missing.
class Laid final : public RecordedSink {
 public:
  void on_chunk(ConnectionNumber, const Chunk& chunk) override {
    octets.append(chunk.missing, '?');
    octets += as_text(chunk.bytes);
  }
  std::string octets;
};

// However they are cut, in whatever order and how often they come: as long as nothing of them was told, an octet is missing if two
// copies of it differ, and only then.
TEST(Reassembly, AnOctetIsMissingIfItsCopiesDiffer) {
  for (std::uint64_t seed = 1; seed <= 500; ++seed) {
    SCOPED_TRACE(seed);
    std::mt19937_64 random(seed);
    const std::size_t size = random() % 100 + 2;
    std::string said(size, '-');
    std::vector<P> packets;
    for (std::uint64_t count = random() % 40 + 1; count-- > 0;) {
      const std::size_t from = 1 + random() % (size - 1), length = random() % std::min<std::size_t>(20, size - from) + 1;
      std::string payload(length, ' ');
      for (std::size_t i = 0; i < length; ++i) {
        char& known = said[from + i];
        payload[i] = random() % 20 == 0 ? 'X' : static_cast<char>('a' + (from + i) % 26);
        known = known == '-' || known == payload[i] ? payload[i] : '?';
      }
      packets.push_back({'c', "A", static_cast<int>(from), 0, payload});
    }
    said[0] = 'a';
    packets.push_back({'c', "A", 0, 0, "a"});
    Laid sink;
    Reassembly reassembly(sink);
    reassembly.take(packet_of({'c', "S", -1, 0}), Time(), 1);
    for (const P& p : packets) reassembly.take(packet_of(p), Time(), 2);
    reassembly.end();
    std::ranges::replace(said, '-', '?');
    said.resize(said.find_last_not_of('?') + 1);
    EXPECT_EQ(sink.octets.substr(0, said.size()), said);
    EXPECT_EQ(sink.octets.find_first_not_of('?', said.size()), std::string::npos);
  }
}

TEST(Reassembly, HoldsNoMoreThanItsLimitOfWhatDiffers) {
  Limits limits;
  limits.tcp_held_bytes_max = 10'000;
  Laid sink;
  Reassembly reassembly(sink, limits);
  reassembly.take(packet_of({'c', "S", -1, 0}), Time(), 1);
  for (int at = 1; at < 20'000; at += 2) {
    reassembly.take(packet_of({'c', "A", at, 0, "x"}), Time(), 2);
    reassembly.take(packet_of({'c', "A", at, 0, "y"}), Time(), 2);
  }
  reassembly.take(packet_of({'c', "A", 20'001, 0, "z"}), Time(), 3);
  EXPECT_GT(sink.octets.size(), 19'000u);
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
