#include "capture/packet_intake.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <string>
#include <vector>

#include "base/file.h"
#include "capture/capture_file.h"
#include "capture/link_layer.h"
#include "wire/tcp/testing/recorded_sink.h"

namespace testigo::capture {
namespace {

using tcp::testing::RecordedSink;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

const std::string kMacs = "0102030405060708090a0b0c";
constexpr auto kEthernet = static_cast<std::uint16_t>(LinkType::Ethernet);

std::vector<std::byte> operator+(std::vector<std::byte> left, Bytes right) {
  append(left, right);
  return left;
}

tcp::Packet segment(std::uint32_t sequence, std::string_view payload, bool syn = false) {
  tcp::Packet packet;
  packet.source = *tcp::parse_address("10.0.0.1");
  packet.destination = *tcp::parse_address("10.0.0.2");
  packet.source_port = 1000;
  packet.destination_port = 80;
  packet.sequence = sequence;
  packet.syn = syn;
  packet.payload = as_octets(payload);
  return packet;
}

std::vector<std::byte> framed(const tcp::Packet& packet) {
  auto octets = from_hex(kMacs + "0800");
  tcp::append_packet(packet, octets);
  return octets;
}

class PacketIntakeTest : public ::testing::Test {
 protected:
  void TearDown() override { std::filesystem::remove(file_); }

  PacketRecorder::Options recording(bool payloads) const {
    PacketRecorder::Options options;
    options.file = file_;
    options.link_type = kEthernet;
    options.payloads = payloads;
    return options;
  }

  static void take(PacketIntake& intake, const std::vector<std::byte>& octets, std::size_t cut = 0) {
    intake.take({Time(), Bytes(octets).first(octets.size() - cut), octets.size()});
  }

  std::string written() const { return read_file(file_, std::size_t{1} << 20); }

  const std::filesystem::path file_ =
      std::filesystem::path(::testing::TempDir()) / ("intake" + std::to_string(::getpid()) + ".pcapng");
};

TEST_F(PacketIntakeTest, TellsWhatConnectionsCarry) {
  RecordedSink sink(RecordedSink::Detail::TimesAndPackets);
  PacketIntake intake(kEthernet, sink, nullptr);
  take(intake, framed(segment(1, "", true)));
  EXPECT_EQ(intake.connections_open(), 1u);
  take(intake, framed(segment(2, "abc")));
  intake.end();
  EXPECT_THAT(sink.lines, ElementsAre(HasSubstr("1 opened 10.0.0.1:1000 > 10.0.0.2:80 at"), HasSubstr("1 > \"abc\" at"), "end"));
  EXPECT_THAT(sink.lines[1], Not(HasSubstr("packet 2")));  // nobody numbers them
}

TEST_F(PacketIntakeTest, CountsWhatItCannotRead) {
  RecordedSink sink;
  PacketIntake intake(kEthernet, sink, nullptr);
  take(intake, from_hex(kMacs + "0806" + "0001"));  // ARP
  auto fragment = framed(segment(1, "abc", true));
  fragment[14 + 6] = std::byte{0x20};  // more fragments
  take(intake, fragment);
  take(intake, framed(segment(1, "", true)), 20);  // cut in the TCP header
  intake.end();
  EXPECT_EQ(intake.unread(), 3u);
  EXPECT_THAT(sink.lines, ElementsAre("end"));
}

TEST_F(PacketIntakeTest, NumbersAndRecordsThem) {
  RecordedSink sink;
  {
    PacketRecorder recorder(recording(true));
    PacketIntake intake(kEthernet, sink, &recorder);
    take(intake, framed(segment(1, "", true)));
    take(intake, framed(segment(2, "GET / HTTP/1.1\r\n\r\n")));
    take(intake, framed(segment(20, "more")), 2);
    intake.idle();
    intake.end();
  }
  RecordedSink read;
  const CaptureSummary summary = read_capture(file_, read);
  EXPECT_EQ(read.lines, sink.lines);
  EXPECT_EQ(summary.packets, 3u);
  EXPECT_TRUE(summary.captured);
  EXPECT_FALSE(summary.cut);
}

// What nobody understood may be anybody's secret.
TEST_F(PacketIntakeTest, WritesNothingThatItDidNotUnderstand) {
  RecordedSink sink;
  {
    PacketRecorder recorder(recording(false));
    PacketIntake intake(kEthernet, sink, &recorder);
    auto fragment = framed(segment(1, "a secret in a fragment", true));
    fragment[14 + 6] = std::byte{0x20};
    take(intake, fragment);
    take(intake, from_hex(kMacs + "88b5") + as_octets("a secret of another protocol"));
    take(intake, framed(segment(1, "", true)) + as_octets("a secret behind the packet"));
    take(intake, framed(segment(700'000'000, "a secret of no place")));
    intake.end();
  }
  EXPECT_THAT(written(), Not(HasSubstr("a secret")));
  RecordedSink read;
  EXPECT_EQ(read_capture(file_, read).packets, 3u);  // of the other protocol nothing at all
}

}  // namespace
}  // namespace testigo::capture
