#include "capture/capture_decoder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "capture/testing/capture_octets.h"

namespace testigo::capture {
namespace {

using ::testing::HasSubstr;

// "number link time octets" of each packet, and what ended the reading.
std::vector<std::string> read(Bytes file, std::size_t piece, const Limits& limits = {}) {
  CaptureDecoder decoder(limits);
  std::vector<std::string> lines;
  CaptureBlock block;
  ReadBlock result = ReadBlock::NeedMore;
  for (std::size_t at = 0; at < file.size() && result != ReadBlock::Malformed; at += piece) {
    decoder.feed(file.subspan(at, std::min(piece, file.size() - at)));
    while ((result = decoder.next(block)) == ReadBlock::Done) {
      const auto* packet = std::get_if<CapturedPacket>(&block);
      if (packet == nullptr) continue;
      lines.push_back(std::to_string(packet->number) + ' ' + std::to_string(packet->link_type) + ' ' +
                      (packet->time ? to_rfc3339(*packet->time) : "-") + ' ' + std::string(as_text(packet->octets)));
    }
  }
  lines.push_back(!decoder.trouble().empty() ? decoder.trouble() : decoder.inside() ? "cut" : "whole");
  return lines;
}

void put(std::string& out, std::uint64_t value, std::size_t size, bool little) {
  for (std::size_t i = 0; i < size; ++i) out += static_cast<char>(value >> 8 * (little ? i : size - 1 - i));
}

constexpr std::uint64_t kMicroseconds = 0xa1b2c3d4, kNanoseconds = 0xa1b23c4d;

std::string pcap(std::uint64_t magic, bool little, std::uint64_t link_type = 1) {
  std::string out;
  put(out, magic, 4, little);
  put(out, 2, 2, little);
  put(out, 4, 2, little);
  put(out, 0, 8, little);
  put(out, 65535, 4, little);
  put(out, link_type, 4, little);
  for (const std::string octets : {"first", "", "third"}) {
    put(out, 1'767'225'600, 4, little);
    put(out, 5, 4, little);
    put(out, octets.size(), 4, little);
    put(out, 1500, 4, little);
    out += octets;
  }
  return out;
}

std::string gzip(const std::string& plain) { return std::string(as_text(testing::gzip_of(as_octets(plain)))); }

const std::vector<std::string> kInMicroseconds = {"1 1 2026-01-01T00:00:00.000005000Z first", "2 1 2026-01-01T00:00:00.000005000Z ",
                                                  "3 1 2026-01-01T00:00:00.000005000Z third", "whole"};
const std::vector<std::string> kInNanoseconds = {"1 1 2026-01-01T00:00:00.000000005Z first", "2 1 2026-01-01T00:00:00.000000005Z ",
                                                 "3 1 2026-01-01T00:00:00.000000005Z third", "whole"};

TEST(CaptureDecoder, ReadsPcapOfBothByteOrdersAndResolutions) {
  for (const bool little : {false, true}) {
    for (const std::size_t piece : {1, 3, 1000}) {
      EXPECT_EQ(read(as_octets(pcap(kMicroseconds, little)), piece), kInMicroseconds) << little << ' ' << piece;
      EXPECT_EQ(read(as_octets(pcap(kNanoseconds, little)), piece), kInNanoseconds) << little << ' ' << piece;
    }
  }
}

TEST(CaptureDecoder, TakesTheLinkTypeWithoutWhatIsSaidBesideIt) {
  EXPECT_THAT(read(as_octets(pcap(kMicroseconds, true, 0x5400'0071)), 100).front(),
              HasSubstr("1 113 "));  // frames end in a checksum
}

TEST(CaptureDecoder, ReadsWhatIsCompressedCutAnywhere) {
  const std::string once = gzip(pcap(kMicroseconds, true));
  const std::string plain = pcap(kMicroseconds, true);
  const std::string twice = gzip(plain.substr(0, 30)) + gzip(plain.substr(30));  // as `cat a.gz b.gz` makes it
  for (const std::size_t piece : {1, 7, 1000}) {
    EXPECT_EQ(read(as_octets(once), piece), kInMicroseconds) << piece;
    EXPECT_EQ(read(as_octets(twice), piece), kInMicroseconds) << piece;
  }
}

TEST(CaptureDecoder, SaysThatAFileEndsInsideOfSomething) {
  for (const std::string& whole : {pcap(kNanoseconds, false), gzip(pcap(kNanoseconds, false))}) {
    for (std::size_t size = 0; size < whole.size(); ++size) {
      const auto lines = read(as_octets(whole).first(size), 10);
      const bool between_packets = whole.size() == 24 + 3 * 16 + 10 && (size == 24 || size == 45 || size == 61);
      EXPECT_EQ(lines.back(), between_packets ? "whole" : "cut") << size;
    }
  }
}

constexpr const char* kNoCapture = "this is no capture: neither pcapng nor pcap, compressed by gzip or not";

TEST(CaptureDecoder, SaysWhatIsDamaged) {
  EXPECT_EQ(read(as_octets("HTTP/1.1 400 Bad Request"), 5).back(), kNoCapture);
  EXPECT_EQ(read(as_octets(gzip("no capture inside")), 100).back(), kNoCapture);
  EXPECT_EQ(read(as_octets(gzip(gzip(pcap(kMicroseconds, true)))), 100).back(), kNoCapture);
  std::string damaged = gzip(pcap(kMicroseconds, true));
  damaged[damaged.size() - 5] ^= 1;
  for (const std::size_t piece : {1, 100}) {
    const auto lines = read(as_octets(damaged), piece);
    EXPECT_THAT(lines.back(), HasSubstr("the compressed data is damaged: incorrect data check"));
    EXPECT_EQ(lines.size(), kInMicroseconds.size()) << "what came before the damage is read";
  }
  EXPECT_EQ(read(as_octets(gzip(pcap(kMicroseconds, true)) + std::string(100, '\0')), 7), kInMicroseconds) << "padding";
  std::string version = pcap(kMicroseconds, true);
  version[4] = 3;
  EXPECT_EQ(read(as_octets(version), 100).back(), "pcap version 3 is not known (after packet 0)");
  std::string huge = pcap(kMicroseconds, true);
  huge[24 + 8 + 3] = 0x7f;
  EXPECT_THAT(read(as_octets(huge), 100).back(), HasSubstr("is over the limit of"));
}

}  // namespace
}  // namespace testigo::capture
