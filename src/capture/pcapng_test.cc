#include <gtest/gtest.h>

#include "base/testing/several_ways.h"
#include "capture/pcapng.h"
#include "capture/pcapng_reader.h"
#include "capture/pcapng_writer.h"
#include "wire/tcp/packet.h"

namespace testigo::capture {
namespace {

using Lines = std::vector<std::string>;

tcp::Packet example(std::string_view payload) {
  tcp::Packet packet;
  packet.source = *tcp::parse_address("10.0.0.1");
  packet.destination = *tcp::parse_address("10.0.0.2");
  packet.source_port = 40000;
  packet.destination_port = 50051;
  packet.ack = true;
  packet.payload = as_octets(payload);
  return packet;
}

std::vector<std::byte> octets_of(const tcp::Packet& packet) {
  std::vector<std::byte> octets;
  append_packet(packet, octets);
  return octets;
}

std::string line_of(const OtherBlock&) { return "other"; }
std::string line_of(const SectionStart& start) {
  return "section " + std::string(start.application) + ": " + std::string(start.comment);
}
std::string line_of(const CaptureStatistics& statistics) {
  return "statistics " + (statistics.packets_received ? std::to_string(*statistics.packets_received) : "?");
}
std::string line_of(const CapturedPacket& packet) {
  return "packet " + std::to_string(packet.number) + " link " + std::to_string(packet.link_type) + " at " +
         (packet.time ? to_rfc3339(*packet.time) : "?") + " \"" + std::string(packet.comment) + "\" " + to_hex(packet.octets);
}

Lines lines_of(testing::Cuts& cuts, const Limits& limits = {}) {
  PcapngReader reader(limits);
  Lines lines;
  while (const auto piece = cuts.next()) {
    reader.feed(*piece);
    CaptureBlock block;
    ReadBlock read;
    while ((read = reader.next(block)) == ReadBlock::Done) {
      lines.push_back(std::visit([](const auto& inside) { return line_of(inside); }, block));
    }
    if (read == ReadBlock::Malformed) {
      lines.push_back(reader.trouble());
      return lines;
    }
  }
  lines.push_back(reader.pending() > 0 ? "cut" : "whole");
  return lines;
}

Lines lines_of(Bytes octets, const Limits& limits = {}) {
  testing::Cuts whole(octets, testing::Cuts::kWhole);
  return lines_of(whole, limits);
}

TEST(Pcapng, IsReadAsItWasWritten) {
  std::vector<std::byte> out;
  PcapngWriter writer(out, "how it was made", 101);
  Lines expected = {"section testigo: how it was made", "other"};
  std::uint64_t number = 0;
  for (const char* payload : {"", "x", "two", "four", "a longer one"}) {
    const Time time = *parse_rfc3339("2026-01-02T03:04:05.000000006Z") + Duration(number);
    const std::string comment(number, 'c');
    const std::vector<std::byte> packet = octets_of(example(payload));
    const auto written = writer.packet(time, packet, packet.size(), comment);
    EXPECT_EQ(Bytes(written), Bytes(packet));
    EXPECT_EQ(writer.packets(), ++number);
    expected.push_back("packet " + std::to_string(number) + " link 101 at " + to_rfc3339(time) + " \"" + comment + "\" " +
                       to_hex(packet));
  }
  writer.packet(Time(Duration(-1)), octets_of(example("")), 40);
  writer.end();
  EXPECT_EQ(writer.packets(), 6u);
  Lines lines = testing::several_ways(out, [](testing::Cuts& cuts) { return lines_of(cuts); });
  EXPECT_TRUE(lines[7].starts_with("packet 6 link 101 at 1969-12-31T23:59:59.999999999Z"));
  lines.erase(lines.begin() + 7);
  expected.push_back("statistics 6");
  expected.push_back("whole");
  EXPECT_EQ(lines, expected);
}

// A section in the other byte order, by hand: an interface of microseconds (by default) and one of 2^-10 s from second 5 on;
// a custom block, a packet of each interface, a simple packet, statistics.
TEST(Pcapng, ReadsTheOtherByteOrder) {
  const auto octets = from_hex(
      "0a0d0d0a 1c000000 4d3c2b1a 0100 0000 ffffffffffffffff 1c000000"
      "01000000 14000000 6500 0000 00000000 14000000"
      "01000000 2c000000 e400 0000 00000000 0900 0100 8a000000 0e00 0800 0500000000000000 0000 0000 2c000000"
      "ad0b0000 14000000 01020304 05060708 14000000"
      "06000000 30000000 00000000 01000000 02000000 03000000 05000000 aabbcc00 0100 0200 68690000 00000000 30000000"
      "06000000 24000000 01000000 00000000 00060000 01000000 01000000 dd000000 24000000"
      "03000000 14000000 01000000 ee000000 14000000"
      "05000000 28000000 00000000 00000000 00000000 0400 0800 0300000000000000 00000000 28000000");
  EXPECT_EQ(lines_of(octets),
            (Lines{"section : ", "other", "other", "other", "packet 1 link 101 at 1970-01-01T01:11:34.967298000Z \"hi\" aabbcc",
                   "packet 2 link 228 at 1970-01-01T00:00:06.500000000Z \"\" dd", "packet 3 link 0 at ? \"\" ", "statistics 3",
                   "whole"}));
}

// draft-ietf-opsawg-pcapng, Packet Block: its interface has two octets, and drops are counted in the next two.
TEST(Pcapng, ReadsObsoletePacketBlocks) {
  const auto octets = from_hex(
      "0a0d0d0a 1c000000 4d3c2b1a 01000000 ffffffffffffffff 1c000000"
      "01000000 14000000 65000000 00000000 14000000"
      "02000000 30000000 0000 0500 01000000 02000000 03000000 05000000 aabbcc00 0100 0200 68690000 00000000 30000000"
      "02000000 24000000 0100 0000 01000000 02000000 01000000 01000000 aa000000 24000000");
  const Lines lines = lines_of(octets);
  ASSERT_EQ(lines.size(), 4u);
  EXPECT_EQ(lines[2], "packet 1 link 101 at 1970-01-01T01:11:34.967298000Z \"hi\" aabbcc");
  EXPECT_NE(lines[3].find("a packet names interface 1, which there is not"), std::string::npos) << lines[3];
}

// Ticks of an interface that says nothing of them, in packets that have no options.
TEST(Pcapng, CountsMicrosecondsAsFarAsTimesGo) {
  std::string file =
      "0a0d0d0a 1c000000 4d3c2b1a 01000000 ffffffffffffffff 1c000000"
      "01000000 14000000 65000000 00000000 14000000";
  for (const char* ticks : {"00000000 01000000", "ffff1f00 ffffffff", "00002000 00000000", "ffffffff ffffffff"})
    file += std::string("06000000 24000000 00000000 ") + ticks + " 01000000 01000000 aa000000 24000000";
  EXPECT_EQ(lines_of(from_hex(file)),
            (Lines{"section : ", "other", "packet 1 link 101 at 1970-01-01T00:00:00.000001000Z \"\" aa",
                   "packet 2 link 101 at 2255-06-05T23:47:34.740991000Z \"\" aa",
                   "packet 3 link 101 at 2255-06-05T23:47:34.740992000Z \"\" aa", "packet 4 link 101 at ? \"\" aa", "whole"}));
}

std::vector<std::byte> small_file() {
  std::vector<std::byte> out;
  PcapngWriter writer(out, "test", 101);
  const std::vector<std::byte> packet = octets_of(example("x"));
  writer.packet(Time(), packet, packet.size(), "comment");
  writer.end();
  return out;
}

TEST(Pcapng, SaysWhatIsWrong) {
  struct Case {
    std::size_t at;
    const char* octets;
    const char* trouble;
  };
  const std::vector<std::byte> whole = small_file();
  const std::size_t section = load_number(whole.data() + 4, 4);
  const std::size_t packet = section + load_number(whole.data() + section + 4, 4);
  const std::size_t last = whole.size() - 4;
  for (const auto& [at, octets, trouble] : {
           Case{0, "00", "this is no pcapng file, or it is damaged (after packet 0)"},
           Case{8, "00", "this is no pcapng file, or it is damaged (after packet 0)"},
           Case{12, "0002", "pcapng version 2 is not known (after packet 0)"},
           Case{section + 4, "00000008", "a block says that it is 8 octets long (after packet 0)"},
           Case{section + 4, "0000000d", "a block says that it is 13 octets long (after packet 0)"},
           Case{packet + 4, "7ffffffc", "a block of 2147483644 octets is over the limit of 16777216 (after packet 0)"},
           Case{packet + 8, "00000001", "a packet names interface 1, which there is not (after packet 0)"},
           Case{packet + 20, "000000ff", "a packet is longer than its block (after packet 0)"},
           Case{packet + 20, "ffffffff", "a packet is longer than its block (after packet 0)"},
           Case{last, "00000000", "the two lengths of a block differ (after packet 1)"},
       }) {
    auto damaged = whole;
    const auto replacement = from_hex(octets);
    std::ranges::copy(replacement, damaged.begin() + static_cast<std::ptrdiff_t>(at));
    EXPECT_EQ(lines_of(damaged).back(), trouble);
  }
  EXPECT_EQ(lines_of(as_octets("#!/bin/sh is no capture")).back(), "this is no pcapng file, or it is damaged (after packet 0)");
}

TEST(Pcapng, SurvivesEveryTruncationAndEveryOctet) {
  const std::vector<std::byte> whole = small_file();
  for (std::size_t size = 0; size < whole.size(); ++size) EXPECT_FALSE(lines_of(Bytes(whole).first(size)).empty());
  for (std::size_t at = 0; at < whole.size(); ++at) {
    for (int value = 0; value < 256; ++value) {
      auto changed = whole;
      changed[at] = static_cast<std::byte>(value);
      EXPECT_FALSE(lines_of(changed).empty());
    }
  }
}

}  // namespace
}  // namespace testigo::capture
