#include "capture/packet_recorder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <random>

#include "base/file.h"
#include "capture/capture_file.h"
#include "capture/link_layer.h"
#include "capture/pcapng_reader.h"
#include "capture/testing/speaker.h"
#include "wire/tcp/reassembly.h"
#include "wire/tcp/testing/recorded_sink.h"

namespace testigo::capture {
namespace {

using tcp::testing::RecordedSink;
using ::testing::ElementsAre;
using testing::Fields;
using testing::grpc_request;
using ::testing::HasSubstr;
using testing::Speaker;

constexpr std::uint16_t kEthernet = 1;
constexpr auto kExact = RecordedSink::Detail::TimesAndPackets;

// A client of one connection and how its packets look on Ethernet.
struct Client {
  explicit Client(std::uint16_t source_port = 40'000) : port(source_port) {}

  tcp::Packet packet(std::uint32_t offset, Bytes payload) const {
    tcp::Packet packet;
    packet.source = *tcp::parse_address("10.0.0.1");
    packet.destination = *tcp::parse_address("10.0.0.2");
    packet.source_port = port;
    packet.destination_port = 50'051;
    packet.sequence = 1000 + 1 + offset;
    packet.acknowledgement = 5001;
    packet.ack = true;
    packet.payload = payload;
    return packet;
  }
  tcp::Packet syn() const {
    tcp::Packet packet = this->packet(0, {});
    packet.sequence = 1000;
    packet.ack = false;
    packet.syn = true;
    return packet;
  }
  static std::vector<std::byte> frame(const tcp::Packet& packet) {
    auto octets = from_hex("020000000002 020000000001 0800");
    append_packet(packet, octets);
    return octets;
  }

  std::uint16_t port;
};

// A wire that is watched: packets go through a reassembly, which a recorder hears, and then to the recorder, as they do live.
class PacketRecorderTest : public ::testing::Test {
 protected:
  PacketRecorderTest() {
    std::string name = (std::filesystem::temp_directory_path() / "testigo-recorder-XXXXXX").string();
    folder = mkdtemp(name.data());
    options.file = folder / "wire.pcapng";
    options.link_type = kEthernet;
  }
  ~PacketRecorderTest() override { std::filesystem::remove_all(folder); }

  PacketRecorder& recorder() {
    if (!recorder_) {
      recorder_.emplace(options, limits);
      reassembly_.emplace(*recorder_, limits);
    }
    return *recorder_;
  }

  void see(const tcp::Packet& packet) { see_octets(Client::frame(packet)); }

  // As PacketIntake does it.
  void see_octets(const std::vector<std::byte>& octets) {
    recorder();
    tcp::Packet packet;
    const auto ip = ip_of(kEthernet, octets);
    std::optional<tcp::Placement> placement;
    time += Duration(1000);
    if (ip && tcp::read_packet(*ip, packet) == tcp::PacketKind::Tcp) {
      placement = reassembly_->take(packet, time, recorder_->next_number());
    }
    recorder_->take(time, octets, octets.size(), placement ? packet.payload : Bytes(), placement);
  }

  void end() { reassembly_->end(); }

  std::vector<std::vector<std::byte>> packets_in(const std::filesystem::path& file) {
    recorder().flush();
    const std::string content = read_file(file, 8 << 20);
    PcapngReader reader;
    reader.feed(as_octets(content));
    CaptureBlock block;
    std::vector<std::vector<std::byte>> packets;
    while (reader.next(block) == ReadBlock::Done) {
      const auto* const packet = std::get_if<CapturedPacket>(&block);
      if (packet != nullptr) packets.emplace_back(packet->octets.begin(), packet->octets.end());
    }
    return packets;
  }
  std::size_t written() { return packets_in(options.file).size(); }
  std::string content() {
    recorder().flush();
    return read_file(options.file, 8 << 20);
  }

  std::filesystem::path folder;
  PacketRecorder::Options options;
  Limits limits;
  Time time = *parse_rfc3339("2026-01-02T03:04:05Z");
  std::optional<PacketRecorder> recorder_;
  std::optional<tcp::Reassembly> reassembly_;
};

Speaker one_call(std::string_view secret = "hunter2", std::string_view body = "body") {
  Speaker speaker(false);
  speaker.preface().headers(1, grpc_request({{"authorization", secret}, {"testigo-id", "c/0/1"}})).message(1, body, 1);
  return speaker;
}

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

TEST_F(PacketRecorderTest, RotatesAndNumbersOn) {
  options.payloads = true;
  options.rotation = {.bytes_max = 2000, .files_max = 3};
  const Client client;
  Speaker said;
  said.preface();
  RecordedSink live(kExact);
  recorder();
  see(client.syn());
  std::size_t at = 0;
  for (int i = 0; i < 100; ++i) {
    said.frame(http2::FrameType::Ping, 0, 0, "12345678");
    see(client.packet(static_cast<std::uint32_t>(at), Bytes(said.said).subspan(at)));
    at = said.said.size();
  }
  end();
  const auto files = capture_files(options.file);
  ASSERT_THAT(files,
              ElementsAre(folder / "wire.pcapng.3", folder / "wire.pcapng.2", folder / "wire.pcapng.1", folder / "wire.pcapng"));
  EXPECT_FALSE(std::filesystem::exists(next_capture(options.file)));
  std::uint64_t packets = 0;
  for (const auto& file : files) {
    EXPECT_LE(std::filesystem::file_size(file), 2000u);
    EXPECT_EQ(std::filesystem::status(file).permissions(), std::filesystem::perms(0600));
    RecordedSink read;
    const CaptureSummary summary = read_capture(file, read);
    EXPECT_FALSE(summary.cut);
    EXPECT_EQ(summary.trouble, "");
    packets += summary.packets;
  }
  RecordedSink read(kExact);
  const CaptureSummary summary = read_captures(files, read);
  EXPECT_EQ(summary.packets, packets);
  EXPECT_EQ(summary.first_number + packets, recorder().next_number());
  EXPECT_FALSE(summary.cut);
  EXPECT_EQ(summary.trouble, "");
  EXPECT_TRUE(summary.unseen.empty());
  EXPECT_THAT(read.lines[1], HasSubstr("in packet 1"));
  EXPECT_THAT(read.lines[packets - 1], HasSubstr("in packet " + std::to_string(packets - 1)));
}

TEST_F(PacketRecorderTest, SaysWhenNobodyLookedBetweenTwoFiles) {
  options.rotation = {.bytes_max = 1 << 20, .files_max = 3};
  see(Client().syn());
  end();
  recorder_.reset();
  const Time before = time;
  time += std::chrono::seconds(60);
  see(Client(40'001).syn());
  end();
  const auto files = capture_files(options.file);
  ASSERT_EQ(files.size(), 2u) << "the file of the run before is kept";
  RecordedSink read;
  const CaptureSummary summary = read_captures(files, read);
  EXPECT_THAT(summary.unseen, ElementsAre(UnseenTime{before, time}));
  EXPECT_EQ(summary.packets, 2u);
  EXPECT_FALSE(summary.cut);
}

TEST_F(PacketRecorderTest, ReadsFilesThatAreRotatedMeanwhile) {
  see(Client().syn());
  end();
  std::filesystem::create_hard_link(options.file, folder / "wire.pcapng.1");  // met under two names
  const std::vector<std::filesystem::path> files = {folder / "wire.pcapng.2", folder / "wire.pcapng.1", options.file};
  RecordedSink read;
  EXPECT_EQ(read_captures(files, read).packets, 1u);
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
