#include "wire/tcp/ip_fragments.h"

#include <gtest/gtest.h>

#include <random>
#include <string>

#include "wire/tcp/packet.h"
#include "wire/tcp/testing/ip_parts.h"
#include "wire/tcp/testing/tunnels.h"

namespace testigo::tcp {
namespace {

using testing::part_of;
using testing::parts_of;
using Octets = std::vector<std::byte>;

const std::string kPayload = "some payload that is long enough to be cut into several parts of an IP packet, of each family";

Octets packet_of(const char* address, std::string_view payload = kPayload) {
  Packet packet;
  packet.source = packet.destination = *parse_address(address);
  packet.source_port = 1000;
  packet.destination_port = 80;
  packet.payload = as_octets(payload);
  Octets octets;
  append_packet(packet, octets);
  return octets;
}

// Parts as they come, each a millisecond after the other; numbered from 1.
class Intake {
 public:
  explicit Intake(const Limits& limits = {}) : fragments(limits) {}

  // The payload of the whole packet that this part completes; nothing while there is none.
  std::optional<std::string> take(Bytes octets, std::size_t cut = 0) {
    IpPacket part;
    EXPECT_EQ(read_ip(octets.first(octets.size() - cut), part), PacketKind::Fragment);
    const auto whole = fragments.take(part, time += std::chrono::milliseconds(1), ++number);
    if (!whole) return std::nullopt;
    parts = {whole->parts.begin(), whole->parts.end()};
    Packet packet;
    EXPECT_EQ(read_packet(whole->packet, packet), PacketKind::Tcp);
    EXPECT_EQ(packet.cut, 0u);
    return std::string(as_text(packet.payload));
  }
  std::optional<std::string> take_all(const std::vector<Octets>& all) {
    std::optional<std::string> last;
    for (const Octets& octets : all) last = take(octets);
    return last;
  }

  IpFragments fragments;
  Time time;
  std::uint64_t number = 0;
  std::vector<IpFragments::Part> parts;
};

class EachFamily : public ::testing::TestWithParam<const char*> {
 protected:
  const Octets whole = packet_of(GetParam());
  const std::vector<Octets> parts = parts_of(whole, 32);
  Intake intake;
};
INSTANTIATE_TEST_SUITE_P(IpFragments, EachFamily, ::testing::Values("10.0.0.1", "2001:db8::1"),
                         [](const auto& family) { return family.param[0] == '1' ? "V4" : "V6"; });

TEST_P(EachFamily, BecomesWholeInAnyOrder) {
  std::mt19937_64 random(1);
  for (std::uint32_t round = 1; round <= 200; ++round) {
    auto shuffled = parts_of(whole, 8 * (1 + random() % 6), round);
    std::ranges::shuffle(shuffled, random);
    for (std::size_t i = 0; i + 1 < shuffled.size(); ++i) EXPECT_EQ(intake.take(shuffled[i]), std::nullopt);
    EXPECT_EQ(intake.take(shuffled.back()), kPayload);
  }
  intake.fragments.end();
  EXPECT_EQ(intake.fragments.lost(), 0u);
}

TEST_P(EachFamily, SaysWhichPartsItIsMadeOf) {
  ASSERT_EQ(intake.take_all({parts[1], parts[0], parts[2]}), std::nullopt);
  ASSERT_EQ(intake.take(parts[3]), kPayload);
  ASSERT_EQ(intake.parts.size(), 4u);
  EXPECT_EQ(intake.parts[0].packet, 1u);
  EXPECT_EQ(intake.parts[0].offset, 32u);
  EXPECT_EQ(intake.parts[1].offset, 0u);
  EXPECT_EQ(intake.parts[3].packet, 4u);
  EXPECT_EQ(intake.parts[3].size, whole.size() - (GetParam()[0] == '1' ? 20 : 40) - 96);
}

TEST_P(EachFamily, KeepsPacketsApart) {
  const Octets other = packet_of(GetParam(), "another payload that is long enough as well");
  const auto others = parts_of(other, 48, 8);
  EXPECT_EQ(intake.take_all({parts[0], others[0], parts[1], parts[2]}), std::nullopt);
  EXPECT_EQ(intake.take(others[1]), "another payload that is long enough as well");
  EXPECT_EQ(intake.take(parts[3]), kPayload);
}

// As where a capture sees every packet twice.
TEST_P(EachFamily, CopiesChangeNothing) {
  EXPECT_EQ(intake.take_all({parts[0], parts[0], parts[1], parts[1], parts[2]}), std::nullopt);
  EXPECT_EQ(intake.take(parts[3]), kPayload);
  EXPECT_EQ(intake.parts.size(), 6u);
  for (const Octets& late : parts) EXPECT_EQ(intake.take(late), std::nullopt);
  EXPECT_EQ(intake.take(parts[3], 5), std::nullopt) << "a copy that was cut";
  intake.fragments.end();
  EXPECT_EQ(intake.fragments.lost(), 0u);
}

TEST_P(EachFamily, BeginsAnewWithAnIdentificationUsedAgain) {
  ASSERT_EQ(intake.take_all(parts), kPayload);
  std::string other = kPayload;
  other[0] = other[40] = 'X';
  EXPECT_EQ(intake.take_all(parts_of(packet_of(GetParam(), other), 96)), other);
}

TEST_P(EachFamily, PartsThatDifferSpoilIt) {
  Octets changed = parts[1];
  changed.back() ^= std::byte{1};
  EXPECT_EQ(intake.take_all({parts[0], parts[1], changed, parts[2], parts[3]}), std::nullopt);
  EXPECT_EQ(intake.fragments.lost(), 5u);
  EXPECT_EQ(intake.take_all(parts), std::nullopt) << "what comes after is of it too";
  EXPECT_EQ(intake.fragments.lost(), 9u);
  EXPECT_EQ(intake.fragments.first_lost(), 1u);
}

TEST_P(EachFamily, PartsOfTwoPacketsAreNone) {
  std::string other = kPayload;
  other.back() = 'X';
  EXPECT_EQ(intake.take_all({parts[0], parts[1], parts[2], parts_of(packet_of(GetParam(), other), 32)[3]}), std::nullopt);
  EXPECT_EQ(intake.fragments.lost(), 4u) << "the checksum is wrong";
}

TEST_P(EachFamily, PartsBehindTheLastSpoilIt) {
  const Octets beyond = part_of(packet_of(GetParam(), kPayload + kPayload), 112, 8);
  EXPECT_EQ(intake.take_all({parts[0], parts[1], parts[3], beyond}), std::nullopt);
  EXPECT_EQ(intake.fragments.lost(), 4u);
  EXPECT_EQ(intake.take(parts[2]), std::nullopt);
}

TEST_P(EachFamily, WhatIsCutOrOfOddSizeIsLost) {
  EXPECT_EQ(intake.take(parts[0], 1), std::nullopt);
  Octets odd = parts[1];
  odd.pop_back();
  const bool v4 = GetParam()[0] == '1';
  odd[v4 ? 3 : 5] = static_cast<std::byte>(std::to_integer<int>(odd[v4 ? 3 : 5]) - 1);
  EXPECT_EQ(intake.take(odd), std::nullopt);
  EXPECT_EQ(intake.fragments.lost(), 2u);
  EXPECT_EQ(intake.take_all(parts), kPayload) << "they come again";
}

TEST_P(EachFamily, WaitsAMinute) {
  EXPECT_EQ(intake.take_all({parts[0], parts[1], parts[2]}), std::nullopt);
  intake.time += std::chrono::seconds(60);
  EXPECT_EQ(intake.take(parts[3]), std::nullopt);
  EXPECT_EQ(intake.fragments.lost(), 3u);
  intake.fragments.end();
  EXPECT_EQ(intake.fragments.lost(), 4u);
}

TEST_P(EachFamily, HoldsNoMoreThanItsLimits) {
  Limits few;
  few.ip_fragmented_packets_max = 2;
  Limits small;
  small.ip_fragment_bytes_max = 1000;
  for (const Limits& limits : {few, small}) {
    Intake bounded(limits);
    for (std::uint32_t id = 1; id <= 100; ++id) EXPECT_EQ(bounded.take(part_of(whole, 0, 32, id)), std::nullopt);
    EXPECT_GE(bounded.fragments.lost(), 95u);
    EXPECT_EQ(bounded.take_all(parts_of(whole, 32, 100)), kPayload);
  }
}

TEST(IpFragments, EqualOverlapsAreFineInV4AndNotInV6) {
  for (const char* address : {"10.0.0.1", "2001:db8::1"}) {
    const Octets whole = packet_of(address);
    const bool v4 = address[0] == '1';
    Intake intake;
    const auto last = intake.take_all({part_of(whole, 0, 48), part_of(whole, 32, 48), part_of(whole, 56, 1000)});
    EXPECT_EQ(last, v4 ? std::optional(kPayload) : std::nullopt);
    EXPECT_EQ(intake.fragments.lost(), v4 ? 0u : 3u);
  }
}

// Where the first part tells that it holds no tunnel, nobody misses the others.
TEST(IpFragments, LosesOfUdpWhatMayBeATunnel) {
  const auto lost_of = [](std::uint16_t port, const std::vector<std::size_t>& offsets, std::size_t cut = 0) {
    IpFragments fragments;
    std::uint64_t number = 0;
    for (const Octets& packet : {testing::in_v4(17, testing::in_udp(port, as_octets(kPayload))),
                                 testing::in_v6(17, testing::in_udp(port, as_octets(kPayload)))}) {
      for (const std::size_t offset : offsets) {
        const Octets octets = part_of(packet, offset, 16);
        IpPacket part;
        EXPECT_EQ(read_ip(Bytes(octets).first(octets.size() - cut), part), PacketKind::Fragment);
        EXPECT_FALSE(fragments.take(part, Time(), ++number));
      }
    }
    fragments.end();
    EXPECT_EQ(fragments.first_lost(), fragments.lost() == 0 ? 0u : 1u);
    return fragments.lost();
  };
  EXPECT_EQ(lost_of(53, {0, 16, 48}), 0u);
  EXPECT_EQ(lost_of(53, {48, 16, 0}), 0u);
  EXPECT_EQ(lost_of(53, {48, 16, 0}, 3), 0u) << "cut by a snap length";
  EXPECT_EQ(lost_of(53, {48, 16}), 4u);
  EXPECT_EQ(lost_of(53, {48, 16}, 3), 4u);
  EXPECT_EQ(lost_of(4789, {0, 16, 48}), 6u);
  EXPECT_EQ(lost_of(4789, {48, 0, 16}, 3), 6u);
  EXPECT_EQ(lost_of(53, {0}, 13), 2u) << "cut before its ports";
}

TEST(IpFragments, DoesNotMissContradictingPartsOfOrdinaryUdp) {
  IpFragments fragments;
  const Octets one = testing::in_v4(17, testing::in_udp(53, as_octets(kPayload)));
  const Octets other = testing::in_v4(17, testing::in_udp(53, as_octets(std::string(kPayload.size(), 'x'))));
  for (const Octets& octets : {part_of(one, 32, 16), part_of(other, 32, 16), part_of(one, 0, 16), part_of(other, 16, 16)}) {
    IpPacket part;
    ASSERT_EQ(read_ip(octets, part), PacketKind::Fragment);
    EXPECT_FALSE(fragments.take(part, Time(), 1));
  }
  fragments.end();
  EXPECT_EQ(fragments.lost(), 0u);
}

TEST(IpFragments, SurvivesRandomParts) {
  std::mt19937_64 random(3);
  Limits limits;
  limits.ip_fragment_bytes_max = 100'000;
  IpFragments fragments(limits);
  const std::string text(2000, 'x');
  std::uint64_t parts = 0, whole_parts = 0;
  for (int i = 0; i < 50'000; ++i) {
    const Octets octets =
        part_of(packet_of(random() % 2 ? "10.0.0.1" : "::1", text), random() % 250 * 8, random() % 1200, random() % 5);
    IpPacket part;
    if (read_ip(octets, part) != PacketKind::Fragment) continue;
    if (random() % 50 == 0) part.offset = random() % 0xffff / 8 * 8;
    if (random() % 50 == 0) part.more = !part.more;
    ++parts;
    if (const auto whole = fragments.take(part, Time(std::chrono::milliseconds(random() % 100'000)), parts)) {
      whole_parts += whole->parts.size();
    }
  }
  fragments.end();
  EXPECT_GT(whole_parts, 0u);
  EXPECT_LE(fragments.lost() + whole_parts, parts);
}

}  // namespace
}  // namespace testigo::tcp
