#include "wire/tcp/packet.h"

#include <gtest/gtest.h>

namespace testigo::tcp {
namespace {

Packet example(const char* source, const char* destination) {
  Packet packet;
  packet.source = *parse_address(source);
  packet.destination = *parse_address(destination);
  packet.source_port = 40000;
  packet.destination_port = 50051;
  packet.sequence = 0xfffffff0;
  packet.acknowledgement = 7;
  packet.ack = packet.psh = true;
  packet.payload = as_octets("hello");
  return packet;
}

std::vector<std::byte> octets_of(const Packet& packet) {
  std::vector<std::byte> out;
  append_packet(packet, out);
  return out;
}

// RFC 1071, in the plainest way, of octets that hold their own checksum: 0xffff when it is right.
std::uint32_t sum(Bytes octets, std::uint32_t start) {
  for (std::size_t i = 0; i < octets.size(); ++i) start += std::to_integer<std::uint32_t>(octets[i]) << (i % 2 == 0 ? 8 : 0);
  while (start > 0xffff) start = (start & 0xffff) + (start >> 16);
  return start;
}

TEST(Packet, IsReadAsItWasWritten) {
  for (const auto& [source, destination] :
       {std::pair("10.0.0.1", "10.0.0.2"), std::pair("::1", "2001:db8::2"), std::pair("10.0.0.1", "::1")}) {
    for (const char* payload : {"", "x", "hello", "sixteen octets.."}) {
      for (int flags = 0; flags < 32; ++flags) {
        Packet packet = example(source, destination);
        packet.payload = as_octets(payload);
        packet.syn = flags & 1, packet.ack = flags & 2, packet.fin = flags & 4, packet.rst = flags & 8, packet.psh = flags & 16;
        const auto octets = octets_of(packet);
        EXPECT_EQ(octets.size(), packet_size(packet));
        Packet read;
        ASSERT_EQ(read_packet(octets, read), PacketKind::Tcp);
        EXPECT_EQ(read, packet);
      }
    }
  }
}

TEST(Packet, HasRightChecksumsInV4) {
  for (const char* payload : {"", "x", "hello!"}) {
    Packet packet = example("10.1.2.3", "192.168.200.250");
    packet.payload = as_octets(payload);
    const auto octets = octets_of(packet);
    const Bytes all(octets);
    EXPECT_EQ(sum(all.first(20), 0), 0xffffu);
    const std::uint32_t pseudo = sum(all.subspan(12, 8), 6 + static_cast<std::uint32_t>(octets.size() - 20));
    EXPECT_EQ(sum(all.subspan(20), pseudo), 0xffffu);
  }
}

TEST(Packet, HasRightChecksumsInV6) {
  Packet packet = example("fe80::1234:5678:9abc", "2001:db8::ffff");
  packet.syn = true;
  const auto octets = octets_of(packet);
  const Bytes all(octets);
  const std::uint32_t pseudo = sum(all.subspan(8, 32), 6 + static_cast<std::uint32_t>(octets.size() - 40));
  EXPECT_EQ(sum(all.subspan(40), pseudo), 0xffffu);
}

// From a real loopback connection: 127.0.0.1:55144 to port 8080, PSH ACK with timestamps, "GET".
TEST(Packet, ReadsOptions) {
  const auto octets = from_hex(
      "45000037abcd4000 40060000 7f000001 7f000001 d7681f90 00000065 000000c9 8018 0200 0000 0000 0101080a 00000001 00000002 "
      "474554");
  Packet packet;
  ASSERT_EQ(read_packet(octets, packet), PacketKind::Tcp);
  EXPECT_EQ(as_text(packet.payload), "GET");
  EXPECT_EQ(packet.sequence, 0x65u);
  EXPECT_EQ(packet.acknowledgement, 0xc9u);
  EXPECT_EQ(packet.source_port, 55144);
  EXPECT_EQ(packet.destination_port, 8080);
  EXPECT_TRUE(packet.ack && packet.psh && !packet.syn && !packet.fin && !packet.rst);
}

TEST(Packet, LeavesPaddingOutAndCountsWhatIsCut) {
  auto octets = octets_of(example("10.0.0.1", "10.0.0.2"));
  octets.resize(octets.size() + 6);  // Ethernet pads short packets
  Packet packet;
  ASSERT_EQ(read_packet(octets, packet), PacketKind::Tcp);
  EXPECT_EQ(as_text(packet.payload), "hello");
  octets.resize(octets.size() - 8);
  ASSERT_EQ(read_packet(octets, packet), PacketKind::Tcp);
  EXPECT_EQ(as_text(packet.payload), "hel");
  EXPECT_EQ(packet.cut, 2u);
}

TEST(Packet, SkipsExtensionHeadersOfV6) {
  auto octets = octets_of(example("::1", "::2"));
  const auto hop_by_hop = from_hex("06 00 0104 00000000");
  octets.insert(octets.begin() + 40, hop_by_hop.begin(), hop_by_hop.end());
  octets[5] = static_cast<std::byte>(std::to_integer<int>(octets[5]) + 8);
  octets[6] = std::byte{0};
  Packet packet;
  ASSERT_EQ(read_packet(octets, packet), PacketKind::Tcp);
  EXPECT_EQ(as_text(packet.payload), "hello");
}

TEST(Packet, IsOtherWhenItIsNotWholeTcp) {
  auto octets = octets_of(example("10.0.0.1", "10.0.0.2"));
  Packet packet;
  octets[9] = std::byte{17};
  EXPECT_EQ(read_packet(octets, packet), PacketKind::Other);
  octets[9] = std::byte{6};
}

TEST(Packet, IsAFragmentWhenItIsAPartOfOneThatMayHoldTcp) {
  auto octets = octets_of(example("10.0.0.1", "10.0.0.2"));
  Packet packet;
  octets[6] = std::byte{0x20};  // more fragments
  EXPECT_EQ(read_packet(octets, packet), PacketKind::Fragment);
  octets[9] = std::byte{17};  // UDP, which may hold a tunnel
  EXPECT_EQ(read_packet(octets, packet), PacketKind::Fragment);
  octets[9] = std::byte{1};
  EXPECT_EQ(read_packet(octets, packet), PacketKind::Other);
}

TEST(Packet, ReadsAWholePacketBehindAFragmentHeader) {
  auto octets = octets_of(example("::1", "::2"));
  const auto header = from_hex("06 ff 0000 00000001");  // the second octet is reserved, and no length
  octets.insert(octets.begin() + 40, header.begin(), header.end());
  octets[5] = static_cast<std::byte>(std::to_integer<int>(octets[5]) + 8);
  octets[6] = std::byte{44};
  Packet packet;
  ASSERT_EQ(read_packet(octets, packet), PacketKind::Tcp);
  EXPECT_EQ(as_text(packet.payload), "hello");
  octets[43] = std::byte{1};  // more fragments
  EXPECT_EQ(read_packet(octets, packet), PacketKind::Fragment);
}

TEST(Packet, SurvivesEveryTruncationAndEveryOctet) {
  for (const char* address : {"10.0.0.1", "::1"}) {
    const auto whole = octets_of(example(address, address));
    Packet packet;
    for (std::size_t size = 0; size < whole.size(); ++size) {
      const std::vector<std::byte> cut(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size));
      const PacketKind kind = read_packet(cut, packet);
      EXPECT_EQ(kind, size + 5 < whole.size() ? PacketKind::Malformed : PacketKind::Tcp) << size;
    }
    for (std::size_t at = 0; at < whole.size(); ++at) {
      for (int value = 0; value < 256; ++value) {
        auto changed = whole;
        changed[at] = static_cast<std::byte>(value);
        read_packet(changed, packet);
      }
    }
  }
}

}  // namespace
}  // namespace testigo::tcp
