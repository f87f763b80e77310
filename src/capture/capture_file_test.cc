#include "capture/capture_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <csignal>
#include <fstream>

#include "base/environment_error.h"
#include "base/file.h"
#include "base/inert.h"
#include "capture/capture_writer.h"
#include "capture/pcapng_writer.h"
#include "wire/tcp/packet.h"
#include "wire/tcp/testing/ip_parts.h"
#include "wire/tcp/testing/recorded_sink.h"

namespace testigo::capture {
namespace {

using tcp::Closing;
using tcp::testing::RecordedSink;
using ::testing::HasSubstr;
using Lines = std::vector<std::string>;

constexpr auto kExact = RecordedSink::Detail::TimesAndPackets;

class CaptureFile : public ::testing::Test {
 protected:
  CaptureFile() {
    std::string name = (std::filesystem::temp_directory_path() / "testigo-capture-XXXXXX").string();
    folder_ = mkdtemp(name.data());
  }
  ~CaptureFile() override { std::filesystem::remove_all(folder_); }

  std::filesystem::path file() const { return folder_ / "wire.pcapng"; }
  std::string content() const { return read_file(file(), 64 << 20); }

  static void tell_one_connection(tcp::ConnectionSink& sink, tcp::ConnectionNumber number = 1) {
    const Time time = *parse_rfc3339("2026-01-02T03:04:05.000000001Z");
    sink.on_opened({number, time, {"127.0.0.1", static_cast<std::uint16_t>(40000 + number)}, {"127.0.0.1", 50051}, true, 0});
    sink.on_chunk(number, {time + Duration(1), Direction::ToServer, as_octets("question"), 0, 0, 0});
    sink.on_chunk(number, {time + Duration(2), Direction::ToClient, as_octets("answer"), 0, 8, 0});
    sink.on_closing({number, time + Duration(3), Direction::ToServer, Closing::Fin, 0, {}});
    sink.on_closing({number, time + Duration(4), Direction::ToClient, Closing::Reset, 0, "because"});
  }

  std::filesystem::path folder_;
};

TEST_F(CaptureFile, IsReadAsItWasTold) {
  RecordedSink live(kExact), read(kExact);
  CaptureWriter writer(file(), live, {.payloads = true, .secrets = {}, .rotation = {}});
  tell_one_connection(writer, 1);
  tell_one_connection(writer, 2);
  writer.on_end();
  EXPECT_FALSE(writer.error());
  const CaptureSummary summary = read_capture(file(), read);
  EXPECT_EQ(read.lines, live.lines);
  EXPECT_EQ(live.lines.size(), 11u);
  EXPECT_EQ(summary.packets, writer.packets());
  EXPECT_TRUE(summary.reconstructed);
  EXPECT_FALSE(summary.cut);
  EXPECT_EQ(summary.trouble, "");
  EXPECT_EQ(to_rfc3339(summary.first.value()), "2026-01-02T03:04:05.000000001Z");
  EXPECT_EQ(to_rfc3339(summary.last.value()), "2026-01-02T03:04:05.000000005Z");
}

TEST_F(CaptureFile, IsForItsOwnerAlone) {
  std::ofstream(file()) << "older, and for everybody";
  std::filesystem::permissions(file(), std::filesystem::perms(0644));
  RecordedSink live;
  const CaptureWriter writer(file(), live, {.payloads = true, .secrets = {}, .rotation = {}});
  EXPECT_EQ(std::filesystem::status(file()).permissions(), std::filesystem::perms(0600));
}

// A killed process leaves what was flushed.
TEST_F(CaptureFile, HoldsAllThatWasHandedOnWhenNothingWaits) {
  RecordedSink live(kExact), read(kExact);
  CaptureWriter writer(file(), live, {.payloads = true, .secrets = {}, .rotation = {}});
  tell_one_connection(writer);
  writer.on_idle();
  const CaptureSummary summary = read_capture(file(), read);
  live.on_end();
  EXPECT_EQ(read.lines, live.lines);
  EXPECT_TRUE(summary.cut);
  EXPECT_EQ(summary.trouble, "");
}

// Written piece by piece, while it is read: what was read is asked after before each piece.
TEST_F(CaptureFile, IsFollowedWhileItGrows) {
  RecordedSink live(kExact), read(kExact);
  CaptureWriter writer(file(), live, {.payloads = true, .secrets = {}, .rotation = {}});
  tell_one_connection(writer);
  writer.on_end();
  const std::string whole = content();
  std::size_t written = 100;
  const auto write = [&](std::size_t from) {
    std::ofstream(file(), from == 0 ? std::ios::trunc : std::ios::app)
        .write(whole.data() + from, static_cast<std::ptrdiff_t>(written - from));
  };
  write(0);
  const std::filesystem::path path = file();
  bool waited = false;
  const CaptureSummary summary = CaptureFiles(std::span(&path, 1)).follow(read, {}, [&](const ReadSoFar& so_far) {
    waited = waited || so_far.waiting;
    if (!so_far.waiting) return true;
    if (written == whole.size()) return false;
    const std::size_t from = written;
    written = std::min(written + 37, whole.size());
    write(from);
    return true;
  });
  EXPECT_TRUE(waited);
  EXPECT_EQ(read.lines, live.lines);
  EXPECT_FALSE(summary.cut);
  EXPECT_EQ(summary.trouble, "");
}

// The file is renamed, and another takes its place, as rotation does.
TEST_F(CaptureFile, IsFollowedIntoTheFileThatTakesItsPlace) {
  const auto one_whole = [&] {
    RecordedSink live;
    CaptureWriter writer(file(), live, {.payloads = true, .secrets = {}, .rotation = {}});
    tell_one_connection(writer);
    writer.on_end();
    return writer.packets();
  };
  const std::uint64_t packets = one_whole();
  RecordedSink read;
  const std::filesystem::path path = file();
  int replaced = 0;
  const CaptureSummary summary = CaptureFiles(std::span(&path, 1)).follow(read, {}, [&](const ReadSoFar& so_far) {
    if (!so_far.waiting) return true;
    if (replaced++ == 2) return false;
    std::filesystem::rename(path, path.string() + ".old" + std::to_string(replaced));
    one_whole();
    return true;
  });
  EXPECT_EQ(replaced, 3);
  EXPECT_EQ(summary.packets, 3 * packets);
}

// What is damaged is told once, and is no reason to begin again; the file that takes its place is read.
TEST_F(CaptureFile, IsFollowedPastDamageIntoTheNextFileAlone) {
  RecordedSink live;
  CaptureWriter writer(file(), live, {.payloads = true, .secrets = {}, .rotation = {}});
  tell_one_connection(writer);
  writer.on_end();
  const std::string whole = content();
  const auto write = [&](const std::string& octets) { std::ofstream(file(), std::ios::binary) << octets; };
  write(whole + std::string(200, '\xc5'));
  RecordedSink read;
  const std::filesystem::path path = file();
  int waited = 0;
  const CaptureSummary summary = CaptureFiles(std::span(&path, 1)).follow(read, {}, [&](const ReadSoFar& so_far) {
    if (!so_far.waiting) return true;
    if (++waited == 2) {
      std::filesystem::rename(path, path.string() + ".1");
      write(whole);
    }
    return waited < 4;
  });
  EXPECT_EQ(waited, 4);
  EXPECT_EQ(summary.packets, 2 * writer.packets());
  EXPECT_NE(summary.trouble, "");
  EXPECT_EQ(std::ranges::count(read.lines, "end"), 1);
}

TEST_F(CaptureFile, SaysWhenItWasCutAnywhere) {
  RecordedSink live(kExact);
  CaptureWriter writer(file(), live, {.payloads = true, .secrets = {}, .rotation = {}});
  tell_one_connection(writer);
  writer.on_end();
  const std::string whole = content();
  for (std::size_t size = 0; size < whole.size(); ++size) {
    SCOPED_TRACE(size);
    RecordedSink read(kExact);
    const CaptureSummary summary = read_capture(as_octets(whole).first(size), read);
    EXPECT_TRUE(summary.cut);
    ASSERT_FALSE(read.lines.empty());
    EXPECT_EQ(read.lines.back(), "end");
    read.lines.pop_back();
    ASSERT_LE(read.lines.size(), live.lines.size());
    EXPECT_EQ(read.lines, Lines(live.lines.begin(), live.lines.begin() + static_cast<std::ptrdiff_t>(read.lines.size())));
  }
  RecordedSink read;
  EXPECT_FALSE(read_capture(as_octets(whole), read).cut);
  EXPECT_TRUE(read_capture(as_octets(whole + whole.substr(0, 100)), read).cut);
}

// By what it is, the first of each; nothing of what holds no TCP.
TEST_F(CaptureFile, CountsWhatMayHoldCallsAndIsNotRead) {
  const std::string esp = "45000018000000004032 0000 7f000001 7f000001 00000001", wire_guard =
                                                                                      "45000040000000004011 0000 7f000001 7f000001"
                                                                                      "ca6cca6c 002c0000 04000000" +
                                                                                      std::string(64, '1');
  std::vector<std::byte> octets;
  PcapngWriter writer(octets, {}, pcapng::kLinkRaw);
  const std::string dns = "4500001c000000004011 0000 7f000001 7f000001 00350035 00080000";
  for (const std::string& packet : {dns, esp, wire_guard, esp, dns}) {
    const auto of = from_hex(packet);
    writer.packet(Time(), of, of.size(), {});
  }
  writer.end();
  RecordedSink read;
  const CaptureSummary summary = read_capture(octets, read);
  EXPECT_EQ(summary.unread, 0u);
  EXPECT_THAT(summary.unread_carriers,
              ::testing::ElementsAre(UnreadCarrier{"IPsec ESP (encrypted)", 2, 2}, UnreadCarrier{"WireGuard (encrypted)", 1, 3}));
}

// Of VXLAN with a snap length: what is cut off may be a call. Of DNS it is none.
TEST_F(CaptureFile, CountsTunnelsThatWereCutBeforeWhatTheyHold) {
  const std::string udp = "45000064000000004011 0000 7f000001 7f000001 d431";
  std::vector<std::byte> octets;
  PcapngWriter writer(octets, {}, pcapng::kLinkRaw);
  for (const std::string& packet : {udp + "0035 0050 0000 1234", udp + "12b5 0050 0000", udp + "12b5 0050 0000 08000000",
                                    udp + "12b5 0050 0000 08000000 00000100 020000000002 020000000001 0800"}) {
    writer.packet(Time(), from_hex(packet), 100, {});
  }
  writer.end();
  RecordedSink read;
  const CaptureSummary summary = read_capture(octets, read);
  EXPECT_EQ(summary.unread, 3u);
  EXPECT_EQ(summary.first_unread, 2u);
  EXPECT_EQ(summary.first_unread_why, "it was cut inside a header");
  EXPECT_THAT(summary.unread_carriers, ::testing::IsEmpty());
}

TEST_F(CaptureFile, DoesNotMissPartsOfOrdinaryUdp) {
  const std::string first = "45000024000120004011 0000 7f000001 7f000001 0035d431 0100 0000 0102030405060708";
  const std::string behind = "45000024000120024011 0000 7f000001 7f000001 0102030405060708 0102030405060708";
  for (const bool seen : {true, false}) {
    std::vector<std::byte> octets;
    PcapngWriter writer(octets, {}, pcapng::kLinkRaw);
    for (const std::string& packet : {behind, seen ? first : behind}) writer.packet(Time(), from_hex(packet), 36, {});
    writer.end();
    RecordedSink read;
    EXPECT_EQ(read_capture(octets, read).unread, seen ? 0u : 2u);
  }
}

TEST_F(CaptureFile, KnowsVxlanOnThePortOfLinux) {
  for (const std::string port : {"12b5", "2118"}) {
    const std::string inner =
        "020000000002 020000000001 0800 45000028 00004000 4006 0000 0a000001 0a000002 03e80050 00000001 00000000 5002ffff 00000000";
    const auto packet = from_hex("4500005a000040004011 0000 7f000001 7f000001 d431" + port + "0046 0000 08000000 00000100" + inner);
    for (const bool parts : {false, true}) {
      std::vector<std::byte> octets;
      PcapngWriter writer(octets, {}, pcapng::kLinkRaw);
      for (const auto& each : tcp::testing::parts_of(packet, parts ? 32 : 200)) writer.packet(Time(), each, each.size(), {});
      writer.end();
      RecordedSink read;
      EXPECT_EQ(read_capture(octets, read).vxlan_of_linux, port == "2118");
      EXPECT_EQ(read.lines.size(), 2u);
    }
  }
}

// One recording behind the other, as `cat` makes it.
TEST_F(CaptureFile, KeepsSoManyTimesWhenNobodyLookedAndCountsAll) {
  RecordedSink live;
  CaptureWriter writer(file(), live, {.payloads = true, .secrets = {}, .rotation = {}});
  const Time time = *parse_rfc3339("2026-01-02T03:04:05Z");
  writer.on_opened({1, time, {"127.0.0.1", 40001}, {"127.0.0.1", 50051}, true, 0});
  writer.on_end();
  const std::string one = content();
  std::string many;
  for (std::size_t i = 0; i < kUnseenTimesKept + 3; ++i) many += one;
  RecordedSink read;
  const CaptureSummary summary = read_capture(as_octets(many), read);
  EXPECT_EQ(summary.unseen.size(), kUnseenTimesKept);
  EXPECT_EQ(summary.unseen_total, kUnseenTimesKept + 2);
  EXPECT_EQ(summary.unseen.back(), (UnseenTime{time, time}));
}

TEST_F(CaptureFile, CountsItsPackets) {
  RecordedSink live, read;
  CaptureWriter writer(file(), live, {.payloads = true, .secrets = {}, .rotation = {}});
  tell_one_connection(writer);
  writer.on_end();
  std::string less = content();
  const std::size_t section = load_number(as_octets(less).data() + 4, 4);
  const std::size_t first = section + load_number(as_octets(less).data() + section + 4, 4);
  less.erase(first, load_number(as_octets(less).data() + first + 4, 4));
  const CaptureSummary summary = read_capture(as_octets(less), read);
  EXPECT_TRUE(summary.cut);
  EXPECT_THAT(summary.trouble, HasSubstr("counts 7 packets and it holds 6"));
}

TEST_F(CaptureFile, SurvivesEveryOctetChanged) {
  RecordedSink live;
  CaptureWriter writer(file(), live, {.payloads = true, .secrets = {}, .rotation = {}});
  tell_one_connection(writer);
  writer.on_end();
  const std::string whole = content();
  for (std::size_t at = 0; at < whole.size(); ++at) {
    for (const int change : {1, 0x80, 0xff}) {
      std::string changed = whole;
      changed[at] = static_cast<char>(changed[at] ^ change);
      RecordedSink read;
      const CaptureSummary summary = read_capture(as_octets(changed), read);
      EXPECT_EQ(read.lines.back(), "end");
      EXPECT_EQ(summary.trouble, inert(summary.trouble));
    }
  }
}

TEST_F(CaptureFile, SaysWhatCannotBeReadOrWritten) {
  RecordedSink sink;
  const auto message_of = [](auto action) -> std::string {
    try {
      action();
    } catch (const EnvironmentError& error) {
      return error.what();
    }
    return "nothing was thrown";
  };
  EXPECT_THAT(message_of([&] { read_capture(folder_ / "none", sink); }), HasSubstr("No such file"));
  EXPECT_THAT(message_of([&] { read_capture(folder_, sink); }), HasSubstr("not a regular file"));
  ASSERT_EQ(::mkfifo(file().c_str(), 0600), 0);
  EXPECT_THAT(message_of([&] { read_capture(file(), sink); }), HasSubstr("not a regular file; copy what it gives to a file"));
  EXPECT_THAT(message_of([&] { CaptureWriter writer(folder_ / "none" / "wire.pcapng", sink); }), HasSubstr("No such file"));
  EXPECT_TRUE(sink.lines.empty());
}

TEST_F(CaptureFile, IsNoCaptureWhenItIsSomethingElse) {
  RecordedSink sink;
  const CaptureSummary summary = read_capture(as_octets("HTTP/1.1 400 Bad Request\r\n\r\n"), sink);
  EXPECT_THAT(summary.trouble, HasSubstr("no capture"));
  EXPECT_TRUE(summary.cut);
  EXPECT_FALSE(summary.reconstructed);
  EXPECT_EQ(summary.packets, 0u);
}

void put(PcapngWriter& writer, bool by_client, std::uint32_t sequence, std::uint32_t acknowledgement, std::string_view payload,
         bool reset = false) {
  tcp::Packet packet;
  packet.source = *tcp::parse_address(by_client ? "10.0.0.1" : "10.0.0.2");
  packet.destination = *tcp::parse_address(by_client ? "10.0.0.2" : "10.0.0.1");
  packet.source_port = by_client ? 40000 : 80;
  packet.destination_port = by_client ? 80 : 40000;
  packet.sequence = sequence;
  packet.acknowledgement = acknowledgement;
  packet.ack = !reset;
  packet.rst = reset;
  packet.payload = as_octets(payload);
  std::vector<std::byte> octets;
  tcp::append_packet(packet, octets);
  writer.packet(Time(std::chrono::seconds(1)), octets, octets.size());
}

TEST_F(CaptureFile, SaysThatAConnectionWentOnBehindAReset) {
  constexpr std::uint16_t kRaw = 101;  // LINKTYPE_RAW: IP alone
  std::vector<std::byte> out;
  PcapngWriter writer(out, "", kRaw);
  put(writer, true, 100, 500, "abc");
  put(writer, false, 500, 103, "xyz");
  put(writer, false, 1000, 0, "", true);
  put(writer, true, 103, 503, "d");
  RecordedSink over;
  EXPECT_EQ(read_capture(out, over).trouble, "");
  put(writer, false, 503, 104, "w");
  RecordedSink went_on;
  EXPECT_EQ(read_capture(out, went_on).trouble, "1 connection began unseen on the ports of another, or went on behind a RST");
}

// A full disk, played by a limit on the size of files.
TEST_F(CaptureFile, LosesNoTrafficWhenTheDiskIsFull) {
  RecordedSink live;
  CaptureWriter writer(file(), live, {.payloads = true, .secrets = {}, .rotation = {}});
  rlimit before{};
  ASSERT_EQ(getrlimit(RLIMIT_FSIZE, &before), 0);
  const auto old_handler = std::signal(SIGXFSZ, SIG_IGN);
  const rlimit small{.rlim_cur = 400, .rlim_max = before.rlim_max};
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &small), 0);
  tell_one_connection(writer, 1);
  writer.flush();
  const std::optional<std::string> error = writer.error();
  tell_one_connection(writer, 2);
  writer.on_end();
  setrlimit(RLIMIT_FSIZE, &before);
  std::signal(SIGXFSZ, old_handler);
  ASSERT_TRUE(error);
  EXPECT_THAT(*error, HasSubstr("File too large"));
  EXPECT_EQ(live.lines.size(), 11u);
  RecordedSink read;
  EXPECT_TRUE(read_capture(file(), read).cut);
}

}  // namespace
}  // namespace testigo::capture
