#include "capture/packet_recorder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

#include "capture/testing/recorder_fixture.h"
#include "wire/tcp/testing/recorded_sink.h"

namespace testigo::capture {
namespace {

using namespace testing;
using tcp::testing::RecordedSink;
using ::testing::HasSubstr;

TEST_F(PacketRecorderTest, HoldsAPacketUntilItsBlockIsWhole) {
  const Client client, other(40'001);
  Speaker said = one_call();
  const std::size_t cut = said.said.size() / 2;
  see(client.syn());
  see(client.packet(0, Bytes(said.said).first(cut)));
  see(other.syn());
  EXPECT_EQ(written(), 1u) << "those behind wait too";
  see(client.packet(static_cast<std::uint32_t>(cut), Bytes(said.said).subspan(cut)));
  EXPECT_EQ(written(), 4u);
  EXPECT_THAT(content(), ::testing::Not(HasSubstr("hunter2")));
  EXPECT_EQ(recorder().undecoded_packets(), 0u);
}

TEST_F(PacketRecorderTest, DoesNotHoldMoreThanItsLimits) {
  limits.held_packets_max = 10;
  const Client client;
  const Speaker said = one_call();
  see(client.syn());
  constexpr std::size_t kDecided = 24 + 9 + 9;  // the preface, SETTINGS, the header of HEADERS
  see(client.packet(0, Bytes(said.said).first(kDecided)));
  EXPECT_EQ(written(), 2u);
  const std::size_t inside = said.said.size() - 60;
  for (std::size_t i = kDecided; i < inside; ++i) see(client.packet(static_cast<std::uint32_t>(i), Bytes(said.said).subspan(i, 1)));
  EXPECT_EQ(written(), 2 + inside - kDecided - 10);
  EXPECT_EQ(recorder().undecoded_packets(), inside - kDecided - 10);
  end();
  EXPECT_EQ(recorder().undecoded_packets(), inside - kDecided);
  EXPECT_EQ(written(), recorder().packets());
  // The old checksum would tell about what was left out.
  constexpr std::size_t kChecksumAt = 14 + 20 + 16;
  const auto cut = packets_in(options.file)[2];
  ASSERT_EQ(cut.size(), 14u + 20 + 20);
  EXPECT_EQ(load_number(cut.data() + kChecksumAt, 2), 0u);
}

TEST_F(PacketRecorderTest, DoesNotHoldForEver) {
  const Client client, other(40'001);
  see(client.syn());
  see(client.packet(0, as_octets("PRI * HTTP")));
  EXPECT_EQ(written(), 1u);
  time += std::chrono::seconds(6);
  see(other.syn());
  EXPECT_EQ(written(), 3u);
  EXPECT_EQ(recorder().undecoded_packets(), 1u);
  tcp::Packet packet;
  const auto octets = packets_in(options.file)[1];
  ASSERT_EQ(tcp::read_packet(*ip_of(kEthernet, octets), packet), tcp::PacketKind::Tcp);
  EXPECT_EQ(packet.payload.size(), 0u);
  EXPECT_EQ(packet.cut, 10u) << "a reader takes it for unseen, not for zeros";
}

TEST_F(PacketRecorderTest, LeavesOutCopiesThatItDoesNotRemember) {
  limits.masked_bytes_kept = 1000;
  options.payloads = true;
  const Client client;
  Speaker said;
  said.preface().headers(1, grpc_request());
  see(client.syn());
  const std::vector<std::byte> first = said.said;
  see(client.packet(0, first));
  said.said.clear();
  for (int i = 0; i < 5; ++i) said.message(1, std::string(900, 'b'));
  const std::size_t large = said.said.size();
  see(client.packet(static_cast<std::uint32_t>(first.size()), said.said));
  said.message(1, "last");
  see(client.packet(static_cast<std::uint32_t>(first.size() + large), Bytes(said.said).subspan(large)));
  see(client.packet(0, first));
  const auto packets = packets_in(options.file);
  EXPECT_EQ(packets[2].size(), large + 54) << "the first copy is whole, however large";
  tcp::Packet packet;
  ASSERT_EQ(tcp::read_packet(*ip_of(kEthernet, packets[4]), packet), tcp::PacketKind::Tcp);
  EXPECT_EQ(packet.cut, first.size());
  EXPECT_EQ(recorder().undecoded_packets(), 0u);
}

TEST_F(PacketRecorderTest, IsReadWithAGapWhereItGaveUp) {
  options.payloads = true;
  const Client client;
  const Speaker said = one_call();
  see(client.syn());
  see(client.packet(0, Bytes(said.said).first(60)));
  time += std::chrono::seconds(6);
  see(Client(40'001).syn());  // by its time it is known that enough has passed
  see(client.packet(60, Bytes(said.said).subspan(60)));
  end();
  RecordedSink read;
  const CaptureSummary summary = read_capture(options.file, read);
  EXPECT_EQ(summary.trouble, "");
  EXPECT_THAT(read.lines, ::testing::Contains(HasSubstr("missing 18")));
}

}  // namespace
}  // namespace testigo::capture
