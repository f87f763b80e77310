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
#include "capture/testing/speaker.h"
#include "wire/tcp/testing/ip_parts.h"
#include "wire/tcp/testing/recorded_sink.h"
#include "wire/tcp/testing/tunnels.h"

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

// As a router sends it on that can pass on so many octets at a time.
std::vector<std::vector<std::byte>> framed_parts(const tcp::Packet& packet, std::size_t size) {
  std::vector<std::byte> ip;
  tcp::append_packet(packet, ip);
  std::vector<std::vector<std::byte>> frames;
  for (const auto& part : tcp::testing::parts_of(ip, size, packet.sequence)) {
    frames.push_back(from_hex(kMacs + (packet.source.is_v4() ? "0800" : "86dd")) + part);
  }
  return frames;
}

testing::Speaker secret_call() {
  testing::Speaker speaker(false);
  speaker.preface().headers(1, testing::grpc_request({{"authorization", "hunter2hunter2"}, {"x", "known"}}));
  speaker.message(1, "a body", 1);
  return speaker;
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
  tcp::Packet reset = segment(5, "");
  reset.rst = true;
  take(intake, framed(reset));
  EXPECT_EQ(intake.connections_open(), 0u);
  intake.end();
  EXPECT_THAT(sink.lines, ElementsAre(HasSubstr("1 opened 10.0.0.1:1000 > 10.0.0.2:80 at"), HasSubstr("1 > \"abc\" at"),
                                      HasSubstr("1 > reset at"), "end"));
  EXPECT_THAT(sink.lines[1], Not(HasSubstr("packet 2")));  // nobody numbers them
}

TEST_F(PacketIntakeTest, CountsWhatItCannotRead) {
  RecordedSink sink;
  PacketIntake intake(kEthernet, sink, nullptr);
  take(intake, from_hex(kMacs + "0806" + "0001"));  // ARP
  auto fragment = framed(segment(1, "abcd", true));
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

TEST_F(PacketIntakeTest, IsNotMisledByAnOriginalLengthThatIsTooSmall) {
  RecordedSink sink;
  {
    PacketRecorder recorder(recording(true));
    PacketIntake intake(kEthernet, sink, &recorder);
    const auto octets = framed(segment(1, "", true)) + as_octets("padding");
    intake.take({Time(), octets, 3});
    intake.end();
  }
  const std::string file = written();
  const std::size_t size = framed(segment(1, "", true)).size();
  std::vector<std::byte> lengths;  // that is there, and the original one
  append_number(lengths, size, 4);
  append_number(lengths, size, 4);
  EXPECT_THAT(file, HasSubstr(std::string(as_text(lengths))));
}

TEST_F(PacketIntakeTest, PutsPartsOfIpPacketsTogether) {
  RecordedSink sink;
  PacketIntake intake(kEthernet, sink, nullptr);
  take(intake, framed(segment(1, "", true)));
  auto frames = framed_parts(segment(2, "a payload in parts"), 16);
  ASSERT_EQ(frames.size(), 3u);
  std::swap(frames[0], frames[2]);
  for (const auto& frame : frames) take(intake, frame + as_octets("padding"));
  take(intake, framed_parts(segment(20, "never whole"), 16)[0]);
  EXPECT_EQ(intake.unread(), 0u);
  intake.end();
  EXPECT_EQ(intake.unread(), 1u);
  EXPECT_THAT(sink.lines, ElementsAre(HasSubstr("opened"), "1 > \"a payload in parts\"", "end"));
}

// Each part alone, whatever is cut where: what is read back is what an uncut packet would have left.
TEST_F(PacketIntakeTest, MasksPartsInTheirPlace) {
  for (const char* server : {"10.0.0.2", "2001:db8::2"}) {
    for (const std::size_t size : {8, 16, 24, 64, 1000}) {
      SCOPED_TRACE(server + (" " + std::to_string(size)));
      tcp::Packet syn = segment(1, "", true), said = segment(2, {});
      syn.destination = said.destination = *tcp::parse_address(server);
      if (server[0] == '2') syn.source = said.source = *tcp::parse_address("2001:db8::1");
      const testing::Speaker speaker = secret_call();
      said.payload = speaker.said;
      RecordedSink sink;
      {
        PacketRecorder recorder(recording(false));
        PacketIntake intake(kEthernet, sink, &recorder);
        for (const auto& frame : framed_parts(syn, size)) take(intake, frame);
        const auto frames = framed_parts(said, size);
        for (std::size_t i = frames.size(); i-- > 0;) take(intake, frames[i] + as_octets("a secret behind"));
        take(intake, frames[0]);
        intake.end();
      }
      const std::string file = written();
      EXPECT_THAT(file, Not(HasSubstr("unter")));
      EXPECT_THAT(file, Not(HasSubstr("body")));
      EXPECT_THAT(file, Not(HasSubstr("a secret")));
      RecordedSink read(RecordedSink::Detail::Plain);
      const CaptureSummary summary = read_capture(file_, read);
      EXPECT_EQ(summary.unread, 0u);
      ASSERT_EQ(read.lines.size(), sink.lines.size());
      EXPECT_EQ(read.lines.front(), sink.lines.front());
      if (size < 64) continue;
      EXPECT_THAT(file, HasSubstr("*******"));
      EXPECT_THAT(file, HasSubstr("known"));
    }
  }
}

// In the packet inside, and nothing around it tells of what was there; whole, in parts of what is around, and as parts inside.
TEST_F(PacketIntakeTest, MasksBehindWhatIsAroundThem) {
  enum class Parts { None, Around, Inside };
  const testing::Speaker speaker = secret_call();
  for (const tcp::testing::Tunnel& tunnel : tcp::testing::tunnels()) {
    for (const Parts parts : {Parts::None, Parts::Around, Parts::Inside}) {
      if (parts == Parts::Inside && tunnel.of_whole) continue;
      SCOPED_TRACE(tunnel.name + std::to_string(static_cast<int>(parts)));
      const auto frames_of = [&](const tcp::Packet& packet) {
        std::vector<std::byte> octets;
        tcp::append_packet(packet, octets);
        std::vector<std::vector<std::byte>> all = {octets};
        if (parts == Parts::Inside) all = tcp::testing::parts_of(octets, 64, packet.sequence);
        for (auto& each : all) each = tunnel.into(each);
        if (parts == Parts::Around) all = tcp::testing::parts_of(all[0], 120, packet.sequence);
        for (auto& each : all) each = tcp::testing::in_ethernet(each) + as_octets("a secret behind");
        return all;
      };
      RecordedSink sink;
      tcp::Packet said = segment(2, {});
      said.payload = speaker.said;
      {
        PacketRecorder recorder(recording(false));
        PacketIntake intake(kEthernet, sink, &recorder);
        take(intake, framed(segment(1, "", true)));
        for (const auto& frame : frames_of(said)) take(intake, frame);
        intake.end();
        EXPECT_EQ(intake.unread(), 0u);
      }
      const std::string file = written();
      for (const char* gone : {"unter", "body", "a secret", "\xbe\xef", "\xa4\xa5"}) EXPECT_THAT(file, Not(HasSubstr(gone)));
      EXPECT_THAT(file, HasSubstr("*******"));
      EXPECT_THAT(file, HasSubstr("known"));
      RecordedSink read(RecordedSink::Detail::Plain);
      const CaptureSummary summary = read_capture(file_, read);
      EXPECT_EQ(summary.unread, 0u);
      ASSERT_EQ(read.lines.size(), sink.lines.size());
      EXPECT_EQ(read.lines.front(), sink.lines.front());
    }
  }
}

TEST_F(PacketIntakeTest, LeavesOutPartsOfWhatNeverBecameWhole) {
  tcp::Packet said = segment(2, {});
  const testing::Speaker speaker = secret_call();
  said.payload = speaker.said;
  RecordedSink sink;
  {
    PacketRecorder recorder(recording(true));
    PacketIntake intake(kEthernet, sink, &recorder);
    take(intake, framed(segment(1, "", true)));
    const auto frames = framed_parts(said, 64);
    for (std::size_t i = 1; i < frames.size(); ++i) take(intake, frames[i]);
    auto changed = frames[1];
    changed.back() ^= std::byte{1};
    take(intake, changed);
    take(intake, frames[0]);
    intake.end();
    EXPECT_EQ(intake.unread(), frames.size() + 1);
    EXPECT_EQ(recorder.undecoded_packets(), frames.size() + 1);
  }
  for (const char* word : {"unter", "known", "body"}) EXPECT_THAT(written(), Not(HasSubstr(word)));
  RecordedSink read;
  const CaptureSummary summary = read_capture(file_, read);
  EXPECT_EQ(read.lines, sink.lines);
  EXPECT_EQ(summary.first_unread, 2u);
  EXPECT_EQ(summary.first_unread_why, "it is a part of an IP packet that never became whole");
}

// They go on after a while; what is whole later is not told of in the file.
TEST_F(PacketIntakeTest, WritesPartsThatWaitTooLong) {
  const testing::Speaker speaker = secret_call();
  tcp::Packet said = segment(2, {});
  said.payload = speaker.said;
  RecordedSink sink;
  {
    PacketRecorder recorder(recording(true));
    PacketIntake intake(kEthernet, sink, &recorder);
    take(intake, framed(segment(1, "", true)));
    const auto frames = framed_parts(said, 64);
    for (std::size_t i = 1; i < frames.size(); ++i) take(intake, frames[i]);
    intake.take({Time(std::chrono::seconds(6)), frames[0], frames[0].size()});
    intake.end();
    EXPECT_EQ(intake.unread(), 0u);
    EXPECT_EQ(recorder.undecoded_packets(), frames.size() - 1);
  }
  for (const char* word : {"unter", "body"}) EXPECT_THAT(written(), Not(HasSubstr(word)));
  RecordedSink read;
  EXPECT_GT(read_capture(file_, read).unread, 1u);
  EXPECT_EQ(read.lines.size(), 2u);
}

// How many octets are told before something is missing.
class UpToAGap final : public RecordedSink {
 public:
  void on_chunk(tcp::ConnectionNumber, const Chunk& chunk) override {
    gap |= chunk.missing != 0;
    if (!gap) octets += chunk.bytes.size();
  }
  bool gap = false;
  std::size_t octets = 0;
};

// Masked, the copies would agree; so what they do not agree on is left out, and whoever reads the file misses it as well: with the
// header block that it was in.
TEST_F(PacketIntakeTest, WritesNoCopiesThatAgreeWhereTheyDidNot) {
  const testing::Speaker speaker = secret_call();
  const std::string said(as_text(speaker.said));
  std::string other = said;
  other[70] ^= 1;
  const auto piece = [&](const std::string& of, std::size_t from, std::size_t to) {
    return framed(segment(2 + static_cast<std::uint32_t>(from), std::string_view(of).substr(from, to - from)));
  };
  for (const bool told_before : {false, true}) {
    SCOPED_TRACE(told_before);
    UpToAGap sink;
    {
      PacketRecorder recorder(recording(true));
      PacketIntake intake(kEthernet, sink, &recorder);
      take(intake, framed(segment(1, "", true)));
      if (told_before) take(intake, piece(said, 0, 30));
      take(intake, piece(said, 30, 100));
      take(intake, piece(other, 60, 90));
      if (!told_before) take(intake, piece(said, 0, 30));
      take(intake, piece(said, 100, said.size()));
      intake.end();
    }
    EXPECT_THAT(written(), Not(HasSubstr("unter")));
    UpToAGap read;
    read_capture(file_, read);
    EXPECT_TRUE(sink.gap && read.gap);
    EXPECT_EQ(read.octets, http2::kPreface.size() + 2 * http2::kFrameHeaderBytes);
    EXPECT_GT(sink.octets, read.octets);
  }
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
  auto zeros = framed(segment(700'000'000, std::string(20, '\0')));
  EXPECT_THAT(written(), HasSubstr(std::string(as_text(zeros)))) << "with its checksum";
}

}  // namespace
}  // namespace testigo::capture
