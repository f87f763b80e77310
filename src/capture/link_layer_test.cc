#include "capture/link_layer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

namespace testigo::capture {
namespace {

// The IP packet itself matters here by its first octet only.
const std::string kV4 = "45000014";
const std::string kV6 = "60000000";
const std::string kMacs = "0102030405060708090a0b0c";

std::string inside(std::uint16_t link_type, const std::string& hex) {
  const auto packet = from_hex(hex);
  const auto ip = ip_of(link_type, packet);
  return ip ? to_hex(*ip) : "nothing";
}

struct Case {
  const char* name;
  std::uint16_t link_type;
  std::string packet;
  std::string expected;
};

TEST(LinkLayer, FindsTheIpPacket) {
  const std::vector<Case> cases = {
      {"Ethernet, IPv4", 1, kMacs + "0800" + kV4, kV4},
      {"Ethernet, IPv6", 1, kMacs + "86dd" + kV6, kV6},
      {"Ethernet, padding stays", 1, kMacs + "0800" + kV4 + "0000", kV4 + "0000"},
      {"Ethernet, ARP", 1, kMacs + "0806" + kV4, "nothing"},
      {"Ethernet, a length instead of a type", 1, kMacs + "0026" + kV4, "nothing"},
      {"Ethernet, 802.1Q", 1, kMacs + "81000007" + "0800" + kV4, kV4},
      {"Ethernet, 802.1ad around 802.1Q", 1, kMacs + "88a80001" + "81000007" + "86dd" + kV6, kV6},
      {"Ethernet, old service tag", 1, kMacs + "91000001" + "81000007" + "0800" + kV4, kV4},
      {"Ethernet, older service tags", 1, kMacs + "92000001" + "93000001" + "0800" + kV4, kV4},
      {"Ethernet, cut in a tag", 1, kMacs + "81000007", "nothing"},
      {"Ethernet, cut behind the header", 1, kMacs + "0800", "nothing"},
      {"Ethernet, another version than announced", 1, kMacs + "0800" + kV6, "nothing"},
      {"Ethernet, MPLS with two labels", 1, kMacs + "8847" + "00010040" + "00020140" + kV4, kV4},
      {"Ethernet, MPLS behind a tag", 1, kMacs + "81000007" + "8848" + "00010140" + kV6, kV6},
      {"Ethernet, MPLS and no IP", 1, kMacs + "8847" + "00010140" + "00000000" + kMacs, "nothing"},
      {"Ethernet, MPLS cut in its labels", 1, kMacs + "8847" + "00010040", "nothing"},
      {"Ethernet, PPPoE, IPv4", 1, kMacs + "8864" + "110000010006" + "0021" + kV4, kV4},
      {"Ethernet, PPPoE, IPv6", 1, kMacs + "8864" + "110000010006" + "0057" + kV6, kV6},
      {"Ethernet, PPPoE, MPLS", 1, kMacs + "8864" + "110000010006" + "0281" + "00010140" + kV4, kV4},
      {"Ethernet, PPPoE, its control", 1, kMacs + "8864" + "110000010006" + "c021" + kV4, "nothing"},
      {"Ethernet, PPPoE, no data", 1, kMacs + "8864" + "11a700010006" + "0021" + kV4, "nothing"},
      {"Ethernet, SNAP", 1, kMacs + "000c" + "aaaa03000000" + "0800" + kV4, kV4},
      {"Ethernet, SNAP of 802.1H behind a tag", 1, kMacs + "81000007" + "000c" + "aaaa030000f8" + "86dd" + kV6, kV6},
      {"Ethernet, SNAP of somebody's own", 1, kMacs + "000c" + "aaaa0300000c" + "0800" + kV4, "nothing"},
      {"Ethernet, spanning tree", 1, kMacs + "0026" + "424203" + kV4, "nothing"},
      {"cooked, IPv4", 113, "0000000100060102030405060000" + std::string("0800") + kV4, kV4},
      {"cooked, IPv6 behind a tag", 113, "0000000100060102030405060000" + std::string("8100000786dd") + kV6, kV6},
      {"cooked v2, IPv4", 276, "08000000000000010304000601020304050600" + std::string("00") + kV4, kV4},
      {"cooked v2, IPv6", 276, "86dd0000000000010304000601020304050600" + std::string("00") + kV6, kV6},
      {"cooked v2, cut in its header", 276, "080000000000000103040006010203040506", "nothing"},
      {"loopback of a little-endian BSD", 0, "02000000" + kV4, kV4},
      {"loopback of a big-endian BSD", 0, "0000001e" + kV6, kV6},
      {"OpenBSD's loopback", 108, "00000018" + kV6, kV6},
      {"loopback, cut in its family", 0, "020000", "nothing"},
      {"loopback, no IP", 0, "07000000ffff", "nothing"},
      {"raw", 101, kV4, kV4},
      {"raw, by an old number", 12, kV6, kV6},
      {"raw, by another old number", 14, kV4, kV4},
      {"IPv4 alone", 228, kV4, kV4},
      {"IPv4 alone, and it is not", 228, kV6, "nothing"},
      {"IPv6 alone", 229, kV6, kV6},
      {"a link type that is not read", 105, kV4, "nothing"},
      {"nothing at all", 1, "", "nothing"},
  };
  for (const Case& c : cases) EXPECT_EQ(inside(c.link_type, c.packet), c.expected) << c.name;
}

TEST(LinkLayer, SaysWhatMayHoldCallsAndIsNotRead) {
  const auto unread = [](std::uint16_t link_type, const std::string& hex) { return unread_in(link_type, from_hex(hex)); };
  EXPECT_EQ(unread(1, kMacs + "88e5" + "0c00"), "MACsec");
  EXPECT_EQ(unread(1, kMacs + "81000007" + "88e5" + "0c00"), "MACsec");
  struct Named {
    const char* type;
    const char* name;
  };
  for (const Named& c :
       {Named{"8926", "VN-Tag"}, Named{"893f", "802.1BR (E-Tag)"}, Named{"892f", "HSR"}, Named{"8909", "Cisco MetaData"},
        Named{"8903", "FabricPath"}, Named{"4305", "batman-adv"}, Named{"8870", "jumbo frames of 802.2"}}) {
    EXPECT_EQ(unread(1, kMacs + c.type + "000000010800" + kV4), c.name);
  }
  EXPECT_EQ(unread(113,
                   "0000000100060102030405060000"
                   "88e5"
                   "0c00"),
            "MACsec");
  EXPECT_EQ(unread(276,
                   "88e50000000000010304000601020304050600"
                   "00"
                   "0c00"),
            "MACsec");
  EXPECT_EQ(unread(1, kMacs + "8847" + "00010140" + "00000000"), "MPLS without IP behind its labels");
  EXPECT_EQ(unread(1, kMacs + "8864" + "110000010006" + "00fd" + "0102"), "PPP that is compressed");
  EXPECT_EQ(unread(1, kMacs + "8847" + "0001"), "a header that was cut");
  for (const char* cut : {"0800", "86dd", "81000007", "000c", "000caaaa03", "000caaaa03000000"}) {
    EXPECT_EQ(unread(1, kMacs + cut), "a header that was cut") << cut;
  }
  const std::string esp = "45000018000000004032 0000 7f000001 7f000001 00000001";
  EXPECT_EQ(unread(1, kMacs + "0800" + esp), "IPsec ESP (encrypted)");
  EXPECT_EQ(unread(101, esp), "IPsec ESP (encrypted)");
  // What ordinary networks say: ARP, LLDP, spanning tree, pseudowires' own control, sessions of PPPoE that are made.
  for (const char* ordinary : {"0806"
                               "0001",
                               "88cc"
                               "0207",
                               "0026"
                               "424203",
                               "8847"
                               "00010140"
                               "10000000",
                               "8863"
                               "1109",
                               "8864"
                               "110000010006"
                               "c021",
                               "888e"
                               "0100"}) {
    EXPECT_EQ(unread(1, kMacs + ordinary), "") << ordinary;
  }
}

std::string tagged(int tags) {
  std::string packet = kMacs;
  for (int i = 0; i < tags; ++i) packet += "81000001";
  return packet + "0800" + kV4;
}

TEST(LinkLayer, PassesOverEightTagsAndNoMore) {
  EXPECT_EQ(inside(1, tagged(8)), kV4);
  EXPECT_EQ(inside(1, tagged(9)), "nothing");
}

TEST(LinkLayer, KnowsWhatItReads) {
  for (const std::uint16_t link_type : {0, 1, 12, 14, 101, 108, 113, 228, 229, 276}) EXPECT_TRUE(is_known_link_type(link_type));
  for (const std::uint16_t link_type : {2, 105, 127, 277, 65535}) EXPECT_FALSE(is_known_link_type(link_type));
}

// What it gives is the end of what it got, whatever that was.
TEST(LinkLayer, SurvivesAnything) {
  std::mt19937_64 random(1);
  for (int i = 0; i < 20'000; ++i) {
    std::vector<std::byte> packet(random() % 80);
    for (std::byte& octet : packet) octet = random() % 3 == 0 ? std::byte{0x81} : static_cast<std::byte>(random() % 0x90);
    for (const std::uint16_t link_type : {0, 1, 12, 101, 108, 113, 228, 229, 276}) {
      const auto ip = ip_of(link_type, packet);
      if (!ip) continue;
      EXPECT_FALSE(ip->empty());
      EXPECT_EQ(ip->data() + ip->size(), packet.data() + packet.size());
    }
  }
}

}  // namespace
}  // namespace testigo::capture
