#include "capture/packet_recorder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "capture/testing/recorder_fixture.h"
#include "wire/tcp/testing/recorded_sink.h"

namespace testigo::capture {
namespace {

using namespace testing;
using tcp::testing::RecordedSink;
using ::testing::HasSubstr;

TEST_F(PacketRecorderTest, WritesAtOnceWhatIsDecoded) {
  const Client client;
  const Speaker said = one_call();
  see(client.syn());
  see(client.packet(0, said.said));
  EXPECT_EQ(written(), 2u);
  EXPECT_EQ(recorder().next_number(), 3u);
  EXPECT_THAT(content(), ::testing::AllOf(HasSubstr("*******"), HasSubstr("c/0/1"), ::testing::Not(HasSubstr("hunter2")),
                                          ::testing::Not(HasSubstr("body"))));
  end();
  RecordedSink read;
  const CaptureSummary summary = read_capture(options.file, read);
  EXPECT_TRUE(summary.captured);
  EXPECT_TRUE(summary.without_bodies);
  EXPECT_FALSE(summary.reconstructed);
  EXPECT_FALSE(summary.cut);
  EXPECT_EQ(summary.trouble, "");
  EXPECT_EQ(std::filesystem::status(options.file).permissions(), std::filesystem::perms(0600));
}

TEST_F(PacketRecorderTest, ChecksumsAreRight) {
  const Client client;
  const Speaker said = one_call();
  see(client.syn());
  see(client.packet(0, said.said));
  for (const auto& octets : packets_in(options.file)) {
    tcp::Packet packet;
    ASSERT_EQ(tcp::read_packet(*ip_of(kEthernet, octets), packet), tcp::PacketKind::Tcp);
    EXPECT_EQ(octets, Client::frame(packet));
  }
}

TEST_F(PacketRecorderTest, WritesWhatComesLateOrAgainByItsOffset) {
  const Client client;
  const Speaker said = one_call();
  see(client.syn());
  const auto piece = [&](std::size_t from, std::size_t size) {
    see(client.packet(static_cast<std::uint32_t>(from), Bytes(said.said).subspan(from, std::min(size, said.said.size() - from))));
  };
  for (std::size_t from = said.said.size() - 10; from > 0; from -= std::min<std::size_t>(from, 10)) piece(from, 25);
  piece(0, 25);
  piece(0, said.said.size());
  piece(20, 100);
  EXPECT_EQ(recorder().undecoded_packets(), 0u);
  end();
  std::string whole;
  for (const auto& octets : packets_in(options.file)) {
    tcp::Packet packet;
    tcp::read_packet(*ip_of(kEthernet, octets), packet);
    const std::size_t at = packet.sequence - 1001;
    if (packet.syn) continue;
    whole.resize(std::max(whole.size(), at + packet.payload.size()), '?');
    for (std::size_t i = 0; i < packet.payload.size(); ++i) {
      char& c = whole[at + i];
      const char here = as_text(packet.payload)[i];
      EXPECT_TRUE(c == '?' || c == here) << "two packets say different things of octet " << at + i;
      c = here;
    }
  }
  EXPECT_THAT(whole, ::testing::AllOf(HasSubstr("*******"), HasSubstr("c/0/1"), ::testing::Not(HasSubstr("body"))));
}

TEST_F(PacketRecorderTest, ClearsWhatFollowsAGap) {
  options.payloads = true;
  const Client client;
  const Speaker said = one_call();
  see(client.syn());
  see(client.packet(0, Bytes(said.said).first(30)));
  see(client.packet(31, Bytes(said.said).subspan(31)));
  EXPECT_EQ(written(), 2u);
  end();
  EXPECT_EQ(written(), 3u);
  EXPECT_THAT(content(), ::testing::Not(::testing::AnyOf(HasSubstr("hunter2"), HasSubstr("c/0/1"))));
}

TEST_F(PacketRecorderTest, ClearsConnectionsBegunUnseenAndPacketsOfNone) {
  options.payloads = true;
  const Speaker said = one_call();
  see(Client(40'000).packet(0, said.said));
  auto fragment = Client::frame(Client(40'001).packet(0, said.said));
  fragment[14 + 7] = std::byte{9};  // of an IP packet: it has no TCP header
  see_octets(fragment);
  auto other = fragment;
  other[12] = std::byte{0x88};  // no IP at all
  see_octets(other);
  EXPECT_EQ(written(), 3u);
  EXPECT_THAT(content(), ::testing::Not(::testing::AnyOf(HasSubstr("hunter2"), HasSubstr("c/0/1"), HasSubstr("PRI "))));
  const auto packets = packets_in(options.file);
  EXPECT_TRUE(std::ranges::equal(Bytes(packets[1]).first(34), Bytes(fragment).first(34)));
  EXPECT_TRUE(std::ranges::all_of(Bytes(packets[1]).subspan(34), [](std::byte b) { return b == std::byte{0}; }));
  EXPECT_TRUE(std::ranges::all_of(packets[2], [](std::byte b) { return b == std::byte{0}; }));
}

TEST_F(PacketRecorderTest, WritesThePacketThatClosesAConnection) {
  const Client client;
  Speaker said = one_call();
  see(client.syn());
  tcp::Packet fin = client.packet(0, said.said);
  fin.fin = true;
  see(fin);
  tcp::Packet reset = client.packet(static_cast<std::uint32_t>(said.said.size()) + 1, {});
  reset.rst = true;
  see(reset);
  see(fin);  // a late copy
  const auto packets = packets_in(options.file);
  ASSERT_EQ(packets.size(), 4u);
  EXPECT_EQ(packets[1], packets[3]);
  EXPECT_THAT(std::string(as_text(packets[1])), HasSubstr("*******"));
}

TEST_F(PacketRecorderTest, WritesWhatItHoldsOfAConnectionOfWhichNothingMoreComes) {
  const Client client;
  const Speaker said = one_call();
  see(client.syn());
  see(client.packet(0, Bytes(said.said).first(50)));
  EXPECT_EQ(written(), 1u);
  recorder().on_over(1, tcp::Over::Unseen);
  EXPECT_EQ(written(), 2u);
}

TEST_F(PacketRecorderTest, TellsWhatItMasked) {
  const Client client;
  Speaker said = one_call();
  said.headers(3, grpc_request({{"authorization", "hunter2"}}), 1);
  see(client.syn());
  see(client.packet(0, said.said));
  const auto masked = recorder().masked();
  ASSERT_EQ(masked.size(), 1u);
  EXPECT_EQ(masked[0].name, "authorization");
  EXPECT_EQ(masked[0].times, 2u);
  EXPECT_EQ(masked[0].values.size(), 1u);
}

}  // namespace
}  // namespace testigo::capture
