// The usual packet goes a short way: it tells what the long one tells.
#include <gtest/gtest.h>

#include <array>
#include <map>
#include <random>
#include <vector>

#include "wire/tcp/reassembly.h"
#include "wire/tcp/testing/script.h"

namespace testigo::tcp {
namespace {

using namespace testing;

// What one side of one connection sends, mostly in order and each octet once.
struct Sender {
  std::uint32_t base = 0;
  std::uint32_t sent = 0;
  std::uint32_t acked = 0;  // of the other one
};

// Packets of a few connections of which most are usual; what is not comes now and then.
class Traffic {
 public:
  Traffic(std::uint64_t seed, std::size_t ports) : random_(seed), ports_(ports), octets_(from_chance()) {}

  Packet next() {
    const auto port = static_cast<std::uint16_t>(random_() % ports_);
    auto& sides = connections_[port];
    const bool client = chance(2);
    if (!sides[0].base || chance(400)) sides = {Sender{part() | 1, 0, 0}, Sender{part() | 1, 0, 0}};
    Sender& from = sides[client ? 0 : 1];
    Sender& other = sides[client ? 1 : 0];
    Packet packet = packet_of({client ? 'c' : 's', "A", 0, 0, {}, port});
    if (from.sent == 0 && chance(2)) packet.syn = true, packet.ack = !client;
    if (chance(3)) from.acked = other.sent - (chance(20) ? std::min(other.sent, part() % 50) : 0);
    packet.sequence = from.base + from.sent - (packet.syn ? 1 : 0);
    packet.acknowledgement = other.base + from.acked;
    if (!packet.syn && !chance(4)) packet.payload = Bytes(octets_).subspan(part() % 1000).first(part() % (chance(10) ? 3000 : 40));
    perturb(packet);
    if (!chance(30)) from.sent += static_cast<std::uint32_t>(packet.payload.size() + packet.cut);
    return packet;
  }

  Time time() {
    time_ += std::chrono::milliseconds(chance(50) ? random_() % 3000 : 1);
    if (chance(100)) time_ -= std::chrono::milliseconds(500);
    return time_;
  }

 private:
  bool chance(std::uint64_t of) { return random_() % of == 0; }
  std::uint32_t part() { return static_cast<std::uint32_t>(random_()); }

  void perturb(Packet& packet) {
    if (chance(40)) packet.sequence -= part() % 60;
    if (chance(60)) packet.sequence += part() % 60;
    if (chance(60)) packet.acknowledgement += part() % 60;
    if (chance(500)) packet.sequence = part();
    if (chance(500)) packet.acknowledgement = part();
    if (chance(80)) packet.cut = part() % 30;
    if (chance(80)) packet.ack = false;
    if (chance(150)) packet.fin = true;
    if (chance(300)) packet.rst = true;
    if (chance(400)) packet.syn = true;
    packet.psh = chance(2);
  }

  std::vector<std::byte> from_chance() {
    std::vector<std::byte> octets(5000);
    for (std::byte& octet : octets) octet = static_cast<std::byte>(random_() % 4);
    return octets;
  }

  std::mt19937_64 random_;
  std::size_t ports_;
  std::vector<std::byte> octets_;
  std::map<std::uint16_t, std::array<Sender, 2>> connections_;
  Time time_{std::chrono::hours(1)};
};

TEST(Reassembly, TheShortWayTellsWhatTheLongOneDoes) {
  std::size_t lines = 0;
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    SCOPED_TRACE(seed);
    Limits limits;
    if (seed % 3 == 0) limits.tcp_held_bytes_max = 500;
    if (seed % 4 == 0) limits.tcp_compared_bytes_max = 64;
    if (seed % 5 == 0) limits.tcp_compared_bytes_max_all = 200;
    if (seed % 7 == 0) limits.tcp_connections_max = 3;
    RecordedSink told(RecordedSink::Detail::TimesAndPackets), expected(RecordedSink::Detail::TimesAndPackets);
    Reassembly both(told, limits), by_long_way(expected, limits, Reassembly::Ways::LongAlone);
    Traffic traffic(seed, seed % 10 == 0 ? 1000 : 5);  // so many that they share the places of those that came lately
    for (std::uint64_t number = 1; number <= 1000; ++number) {
      const Packet packet = traffic.next();
      const Time time = traffic.time();
      ASSERT_EQ(both.take(packet, time, number), by_long_way.take(packet, time, number));
      ASSERT_EQ(both.held_bytes(), by_long_way.held_bytes());
      ASSERT_EQ(both.compared_bytes(), by_long_way.compared_bytes());
    }
    both.end();
    by_long_way.end();
    EXPECT_EQ(both.not_followed(), by_long_way.not_followed());
    lines += told.lines.size();
    ASSERT_EQ(told.lines, expected.lines);
  }
  EXPECT_GT(lines, 100'000u);
}

}  // namespace
}  // namespace testigo::tcp
