#include "wire/tcp/tunnel.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "wire/tcp/ip_fragments.h"
#include "wire/tcp/packet.h"
#include "wire/tcp/testing/ip_parts.h"
#include "wire/tcp/testing/tunnels.h"

namespace testigo::tcp {
namespace {

using testing::authenticated;
using testing::in_ethernet;
using testing::in_udp;
using testing::in_v4;
using testing::in_v6;
using testing::joined;
using testing::Octets;
using testing::Tunnel;
using testing::tunnels;

Packet example(bool v4) {
  Packet packet;
  packet.source = *parse_address(v4 ? "10.0.0.1" : "2001:db8::1");
  packet.destination = *parse_address(v4 ? "10.0.0.2" : "2001:db8::2");
  packet.source_port = 40000;
  packet.destination_port = 50051;
  packet.sequence = 7;
  packet.ack = true;
  packet.payload = as_octets("what the client says");
  return packet;
}

Octets octets_of(const Packet& packet) {
  Octets octets;
  append_packet(packet, octets);
  return octets;
}

Octets as_octets_of(std::string_view text) { return joined({}, as_octets(text)); }

TEST(Tunnel, IsReadToThePacketInside) {
  for (const Tunnel& tunnel : tunnels()) {
    for (const bool v4 : {true, false}) {
      SCOPED_TRACE(tunnel.name + std::string(v4 ? ", IPv4 inside" : ", IPv6 inside"));
      const Packet packet = example(v4);
      const Octets octets = joined(tunnel.into(octets_of(packet)), as_octets("padding"));
      Packet read;
      ASSERT_EQ(read_packet(octets, read), PacketKind::Tcp);
      EXPECT_EQ(read, packet);
      ASSERT_EQ(read_packet(Bytes(octets).first(octets.size() - 10), read), PacketKind::Tcp);
      EXPECT_EQ(read.cut, 3u);
      EXPECT_EQ(as_text(read.payload), "what the client s");
    }
  }
}

// Each part of the packet around, or of the one inside.
TEST(Tunnel, MayBeInPartsAndHoldThem) {
  for (const Tunnel& tunnel : tunnels()) {
    for (const bool v4 : {true, false}) {
      SCOPED_TRACE(tunnel.name + std::string(v4 ? ", IPv4 inside" : ", IPv6 inside"));
      const Packet packet = example(v4);
      std::vector<Octets> inside;
      for (const Octets& part : testing::parts_of(octets_of(packet), 16)) inside.push_back(tunnel.into(part));
      const Octets around = tunnel.into(octets_of(packet));
      for (const auto& parts : {inside, testing::parts_of(around, 32), testing::parts_of(around, 8)}) {
        if (parts == inside && tunnel.of_whole) continue;
        IpFragments fragments;
        std::optional<IpFragments::Whole> whole;
        for (const Octets& octets : parts) {
          IpPacket part;
          ASSERT_FALSE(whole);
          ASSERT_EQ(read_ip(octets, part), PacketKind::Fragment);
          whole = fragments.take(part, Time(), 1);
        }
        ASSERT_TRUE(whole);
        Packet read;
        ASSERT_EQ(read_packet(whole->packet, read), PacketKind::Tcp);
        EXPECT_EQ(read, packet);
      }
    }
  }
}

TEST(Tunnel, KnowsWhatTellsOfThePacketInside) {
  const auto sums_of = [](const Octets& octets) {
    IpPacket packet;
    EXPECT_EQ(read_ip(octets, packet), PacketKind::Tcp);
    std::string sums;
    for (const Bytes sum : packet.sums()) sums += to_hex(sum) + " ";
    return sums;
  };
  const Octets packet = octets_of(example(true));
  EXPECT_EQ(sums_of(packet), "");
  EXPECT_EQ(sums_of(in_v4(4, packet)), "");
  EXPECT_EQ(sums_of(authenticated(packet)), "a1a2a3a4a5a6a7a8a9aaabac ");
  EXPECT_EQ(sums_of(in_v4(47, joined(from_hex("8000 0800 beef 0000"), authenticated(packet)))), "beef a1a2a3a4a5a6a7a8a9aaabac ");
  EXPECT_EQ(sums_of(in_v4(17, in_udp(4789, joined(from_hex("08000000 00000100"), in_ethernet(packet))))), "beef ");
}

TEST(Tunnel, SaysWhatIsNotRead) {
  const Octets packet = octets_of(example(true));
  struct Case {
    Octets octets;
    std::string_view unread;
  };
  const Octets esp = from_hex("00000001 00000002 0102030405060708");
  const std::vector<Case> cases = {
      {in_v4(50, esp), "IPsec ESP (encrypted)"},
      {in_v6(50, esp), "IPsec ESP (encrypted)"},
      {in_v4(17, in_udp(4500, esp)), "IPsec ESP (encrypted)"},
      {in_v4(17, in_udp(4500, from_hex("00000000 0102030405060708"))), ""},
      {in_v4(17, in_udp(4500, from_hex("ff"))), ""},
      {in_v4(47, joined(from_hex("3001 880b 00000000 00000001"), packet)), "GRE of PPTP"},
      {in_v4(47, joined(from_hex("4000 0800 00000000"), packet)), "GRE of another form"},
      {in_v4(47, joined(from_hex("1000 88be 00000001"), in_ethernet(packet))), "ERSPAN"},
      {in_v4(47, from_hex("0000 0000")), ""},              // it keeps the way open
      {in_v4(47, from_hex("0000 00fe 83 1b 01 00")), ""},  // IS-IS
      {in_v4(4, in_v4(4, in_v4(4, in_v4(4, in_v4(4, packet))))), "too many tunnels in each other"},
      {in_v4(4, in_v6(50, esp)), "IPsec ESP (encrypted)"},
      {in_v4(97, in_ethernet(packet)), "Ethernet in IP"},
      {in_v4(143, in_ethernet(packet)), "Ethernet in IP"},
      {in_v4(94, packet), "IP in IP of KA9Q"},
      {in_v4(47, joined(from_hex("0000 6559"), packet)), "Frame Relay"},
      {in_v4(17, in_udp(53, packet)), ""},
      {in_v4(17, in_udp(4789, joined(from_hex("00000000 00000100"), in_ethernet(packet)))), ""},         // no VXLAN
      {in_v4(17, in_udp(4789, from_hex("08000000 00000100 ffffffffffff 020000000001 0806 0001"))), ""},  // ARP
      {in_v4(1, from_hex("0800 0000 00000000")), ""},
      {in_v6(58, from_hex("8700 0000 00000000")), ""},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(to_hex(c.octets));
    IpPacket read;
    EXPECT_EQ(read_ip(c.octets, read), PacketKind::Other);
    EXPECT_EQ(read.unread, c.unread);
  }
}

// However few octets of it are there: what is in it is read, or said not to be.
TEST(Tunnel, IsToldOfWhereverItIsCut) {
  for (const Tunnel& tunnel : tunnels()) {
    for (const bool v4 : {true, false}) {
      const Octets whole = tunnel.into(octets_of(example(v4)));
      for (std::size_t size = 0; size < whole.size(); ++size) {
        IpPacket read;
        if (read_ip(Bytes(whole).first(size), read) != PacketKind::Other) continue;
        EXPECT_FALSE(read.unread.empty()) << tunnel.name << ", the first " << size;
      }
    }
  }
}

// A pseudowire without a control word begins with an address, which may begin as IP does.
TEST(Tunnel, IsNoIpBehindLabelsThatBeginsLikeIt) {
  const auto behind = [](Bytes octets) { return ip_behind(0x8847, joined(from_hex("00010140"), octets)); };
  for (const bool v4 : {true, false}) {
    const Octets packet = octets_of(example(v4));
    for (const char* tags : {"", "81000007", "88a80007 81000007"}) {
      for (const char* to : {"6c4008aabbcc", "482ae3010203", "40a6b7112233", "64006a000001", "450000500001", "4f00ffff0000"}) {
        for (const char* from : {"0c4de9000001", "005056120000", "000000000000", "06ff00000000"}) {
          const Octets frame = joined(from_hex(to + std::string(from) + tags + (v4 ? "0800" : "86dd")), packet);
          EXPECT_TRUE(behind(frame).ip.empty()) << to_hex(frame);
          EXPECT_EQ(behind(frame).unread, "MPLS without IP behind its labels") << to_hex(frame);
        }
      }
    }
    for (std::size_t size = 1; size <= packet.size(); ++size) {
      const Octets frame = joined(from_hex("00010140"), Bytes(packet).first(size));
      EXPECT_EQ(ip_behind(0x8847, frame).ip.size(), size);
    }
    const Octets padded = joined(joined(from_hex("00010140"), packet), from_hex("000000000000"));
    EXPECT_EQ(ip_behind(0x8847, padded).ip.size(), packet.size() + 6);
  }
}

TEST(Tunnel, IsNotToldOfOrdinaryPacketsThatAreCut) {
  const auto unread = [](Bytes octets) {
    IpPacket read;
    EXPECT_EQ(read_ip(octets, read), PacketKind::Other);
    return read.unread;
  };
  const Octets dns = in_v4(17, in_udp(53, as_octets("what somebody asks for"))), ping = in_v4(1, from_hex("0800 0000 00000000"));
  for (std::size_t size = 20; size < dns.size(); ++size) {
    EXPECT_EQ(unread(Bytes(dns).first(size)), size < 24 ? "a header that was cut" : "") << size;
  }
  for (std::size_t size = 20; size < ping.size(); ++size) EXPECT_EQ(unread(Bytes(ping).first(size)), "");
  // One octet that keeps the way open.
  const Octets awake = in_v4(17, in_udp(4500, from_hex("ff")));
  EXPECT_EQ(unread(Bytes(awake).first(28)), "");
}

TEST(Tunnel, SaysWhatIsNotReadInUdp) {
  const Octets packet = octets_of(example(true)), packet_v6 = octets_of(example(false));
  Octets user = from_hex("30ff");
  append_number(user, packet.size(), 2);
  user = joined(joined(std::move(user), from_hex("00000007")), packet);
  const Octets bubble = from_hex("60000000 0000 3b 15 fe80000000000000 0000000000000000 fe80000000000000 0000000000000000");
  struct Case {
    std::uint16_t port;
    Octets data;
    std::string_view unread;
  };
  const std::vector<Case> cases = {
      {4789, joined(from_hex("0c000003 00000100"), in_ethernet(packet)), "VXLAN of another form"},  // of GPE
      {8472, joined(from_hex("c8000001 00000180"), in_ethernet(packet)), "VXLAN of another form"},  // of ACI
      {4789, joined(from_hex("00000000 00000100"), in_ethernet(packet)), ""},
      {4790, joined(from_hex("0c000003 00000100"), in_ethernet(packet)), "VXLAN-GPE"},
      {4790, as_octets_of("what somebody says"), ""},
      {6081, joined(from_hex("40006558 00000100"), in_ethernet(packet)), "GENEVE of another form"},
      {6081, as_octets_of("what somebody says"), ""},
      {2152, user, "GTP-U"},
      {2152, from_hex("3001 0004 00000000 00000000"), ""},  // an echo
      {2152, joined(user, from_hex("00")), ""},
      {1701, joined(from_hex("0002 0001 0001 ff03 0021"), packet), "L2TP"},
      {1701, joined(from_hex("0003 0000 00000001"), packet), "L2TP"},
      {1701, from_hex("c802 0014 0000 0000 0000 0000 8008000000000001"), ""},  // its control
      {6635, joined(from_hex("00010140"), packet), "MPLS in UDP"},
      {6635, joined(from_hex("00010140"), in_ethernet(packet)), "MPLS in UDP"},
      {4754, joined(from_hex("2000 0800 00000007"), packet), "GRE in UDP"},
      {4754, as_octets_of("what somebody says"), ""},
      {6080, joined(from_hex("0004 0000"), packet), "GUE"},
      {6080, packet, "GUE"},
      {6080, from_hex("2001 0000 00000000"), ""},  // its control
      {3544, packet_v6, "Teredo"},
      {3544, joined(from_hex("0000 1234 01020304"), packet_v6), "Teredo"},
      {3544, bubble, ""},
      {3544, as_octets_of("what somebody says"), ""},
      {5555, packet, ""},  // what is agreed on between two hosts alone
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(std::to_string(c.port) + " " + to_hex(c.data));
    IpPacket read;
    EXPECT_EQ(read_ip(in_v4(17, in_udp(c.port, c.data)), read), PacketKind::Other);
    EXPECT_EQ(read.unread, c.unread);
    // An answer of DNS to a port that somebody happened to ask from.
    Octets answer = in_udp(c.port, c.data);
    answer[0] = std::byte{0};
    answer[1] = std::byte{53};
    EXPECT_EQ(read_ip(in_v4(17, answer), read), PacketKind::Other);
    EXPECT_EQ(read.unread, "");
  }
}

TEST(Tunnel, IsMalformedWhereItContradictsItself) {
  const Octets packet = octets_of(example(true));
  Octets short_proof = authenticated(packet);
  short_proof[21] = std::byte{0};
  Octets long_proof = authenticated(packet);
  long_proof[21] = std::byte{255};
  Octets many = packet;
  for (int i = 0; i < 9; ++i) many = authenticated(many);
  for (const Octets& octets : {short_proof, long_proof, many, in_v4(4, from_hex("00")), in_v4(51, from_hex("06040000"))}) {
    Packet read;
    EXPECT_EQ(read_packet(octets, read), PacketKind::Malformed) << to_hex(octets);
  }
}

TEST(Tunnel, SurvivesAnything) {
  std::mt19937_64 random(1);
  for (const Tunnel& tunnel : tunnels()) {
    const Octets whole = tunnel.into(octets_of(example(true)));
    Packet packet;
    for (std::size_t size = 0; size < whole.size(); ++size) {
      const Octets cut(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size));
      read_packet(cut, packet);
    }
    for (std::size_t at = 0; at < whole.size(); ++at) {
      for (int i = 0; i < 64; ++i) {
        Octets changed = whole;
        changed[at] = static_cast<std::byte>(random());
        changed[random() % whole.size()] = static_cast<std::byte>(random());
        read_packet(changed, packet);
      }
    }
  }
}

}  // namespace
}  // namespace testigo::tcp
