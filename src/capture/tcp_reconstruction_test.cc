#include "capture/tcp_reconstruction.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <random>

#include "base/file.h"
#include "capture/capture_file.h"
#include "capture/pcapng_reader.h"
#include "wire/tcp/reassembly.h"
#include "wire/tcp/testing/recorded_sink.h"

namespace testigo::capture {
namespace {

using tcp::Closing;
using tcp::testing::RecordedSink;
using ::testing::ElementsAre;
using Lines = std::vector<std::string>;

constexpr auto kExact = RecordedSink::Detail::TimesAndPackets;
constexpr Direction kToServer = Direction::ToServer, kToClient = Direction::ToClient;

// A folder that goes away with it.
struct Folder {
  Folder() {
    std::string name = (std::filesystem::temp_directory_path() / "testigo-taped-XXXXXX").string();
    path = mkdtemp(name.data());
  }
  ~Folder() { std::filesystem::remove_all(path); }
  std::filesystem::path path;
};

// A reconstruction, and the clock that ticks a nanosecond for all that happens.
struct Taped {
  explicit Taped(RecordedSink::Detail detail = kExact) : live(detail) {}

  static PacketRecorder::Options options(const std::filesystem::path& file) {
    return {.file = file,
            .made = pcapng::kReconstructed,
            .payloads = true,
            .secrets = {},
            .rotation = {},
            .whole = false,
            .copies = false};
  }

  void open(tcp::ConnectionNumber connection, tcp::Endpoint client = {"10.0.0.1", 40000},
            tcp::Endpoint server = {"10.0.0.2", 50051}) {
    made.on_opened({connection, tick(), std::move(client), std::move(server), true, 0});
  }
  void chunk(tcp::ConnectionNumber connection, Direction direction, std::string_view octets, std::uint64_t acked = 0) {
    made.on_chunk(connection, {tick(), direction, as_octets(octets), 0, acked, 0});
  }
  void close(tcp::ConnectionNumber connection, Direction direction, Closing closing, std::string reason = {}) {
    made.on_closing({connection, tick(), direction, closing, 0, std::move(reason)});
  }
  // What the file tells, when it ends here.
  Lines read_back(RecordedSink::Detail detail = kExact) {
    made.on_end();
    RecordedSink read(detail);
    summary = read_capture(file(), read);
    return read.lines;
  }
  std::filesystem::path file() const { return folder.path / "wire.pcapng"; }
  std::string content() {
    packets.flush();
    return read_file(file(), 64 << 20);
  }
  Time tick() { return time += Duration(1); }

  Folder folder;
  RecordedSink live;
  PacketRecorder packets{options(file())};
  TcpReconstruction made{packets, live};
  Time time = *parse_rfc3339("2026-01-02T03:04:05.999999990Z");
  CaptureSummary summary;
};

void expect_the_same(Taped& taped) {
  const Lines read = taped.read_back();
  EXPECT_EQ(read, taped.live.lines);
  EXPECT_TRUE(taped.summary.reconstructed);
  EXPECT_FALSE(taped.summary.cut);
  EXPECT_EQ(taped.summary.trouble, "");
  EXPECT_EQ(taped.summary.packets, taped.packets.packets());
}

TEST(TcpReconstruction, MakesTheConnectionThatWasCarried) {
  Taped taped(RecordedSink::Detail::Plain);
  taped.open(1);
  taped.chunk(1, kToServer, "ping");
  taped.chunk(1, kToClient, "pong!", 4);
  taped.chunk(1, kToServer, "", 5);
  taped.close(1, kToServer, Closing::Fin);
  taped.close(1, kToClient, Closing::Fin);
  EXPECT_THAT(taped.live.lines, ElementsAre("1 opened 10.0.0.1:40000 > 10.0.0.2:50051", "1 > \"ping\"", "1 < \"pong!\" acked 4",
                                            "1 > \"\" acked 5", "1 > fin", "1 < fin"));
  // SYN, SYN/ACK, ACK, ping, pong, ACK, FIN, FIN, ACK
  EXPECT_EQ(taped.packets.packets(), 9u);
  EXPECT_EQ(taped.read_back(RecordedSink::Detail::Plain), taped.live.lines);
}

// Another stack's view of the same: sequence numbers, flags, acknowledgements.
TEST(TcpReconstruction, NumbersItsPacketsAsTcpDoes) {
  Taped taped;
  taped.open(1);
  taped.chunk(1, kToServer, "ping");
  taped.chunk(1, kToClient, "pong!", 4);
  taped.close(1, kToServer, Closing::Fin);
  taped.chunk(1, kToServer, "", 5);
  taped.close(1, kToClient, Closing::Fin);
  std::vector<std::string> lines;
  std::uint32_t base[2] = {};
  PcapngReader reader;
  const std::string content = taped.content();
  reader.feed(as_octets(content));
  CaptureBlock block;
  while (reader.next(block) == ReadBlock::Done) {
    if (!std::holds_alternative<CapturedPacket>(block)) continue;
    tcp::Packet packet;
    ASSERT_EQ(tcp::read_packet(std::get<CapturedPacket>(block).octets, packet), tcp::PacketKind::Tcp);
    const bool client = packet.source_port == 40000;
    if (packet.syn) base[client ? 0 : 1] = packet.sequence;
    std::string line = client ? "c " : "s ";
    line += std::string(packet.syn ? "S" : "") + (packet.fin ? "F" : "") + (packet.rst ? "R" : "") + (packet.ack ? "A" : "");
    line += " seq " + std::to_string(packet.sequence - base[client ? 0 : 1]);
    if (packet.ack) line += " ack " + std::to_string(packet.acknowledgement - base[client ? 1 : 0]);
    lines.push_back(line + " " + std::string(as_text(packet.payload)));
  }
  EXPECT_THAT(lines,
              ElementsAre("c S seq 0 ", "s SA seq 0 ack 1 ", "c A seq 1 ack 1 ", "c A seq 1 ack 1 ping", "s A seq 1 ack 5 pong!",
                          "c FA seq 5 ack 1 ", "c A seq 6 ack 6 ", "s FA seq 6 ack 6 ", "c A seq 6 ack 7 "));
}

TEST(TcpReconstruction, IsReadAsItWasTold) {
  Taped taped;
  taped.open(1);
  taped.open(2, {"::1", 40000}, {"::1", 50051});
  taped.open(3, {"10.9.8.7", 1}, {"2001:db8::1", 2});
  taped.open(4, {"::ffff:10.0.0.4", 7}, {"fe80::1%lo", 8});
  taped.chunk(2, kToClient, "the server speaks first");
  for (const tcp::ConnectionNumber connection : {1, 3, 4}) taped.chunk(connection, kToServer, "hello");
  taped.chunk(1, kToServer, "");  // says nothing
  taped.chunk(1, kToClient, "", 5);
  taped.chunk(1, kToClient, "", 5);  // nothing new
  taped.chunk(1, kToClient, "answer", 5);
  taped.close(1, kToClient, Closing::Fin);  // half-closed: the client goes on
  taped.chunk(1, kToServer, "more", 6);
  taped.chunk(1, kToClient, "", 9);
  taped.close(1, kToServer, Closing::Fin);
  taped.close(2, kToServer, Closing::Reset, "connection reset by peer");
  taped.close(3, kToClient, Closing::Reset);
  taped.open(5);  // the ports of 1 again
  taped.chunk(5, kToServer, "again");
  expect_the_same(taped);
}

TEST(TcpReconstruction, TellsWhyNobodyAnswered) {
  Taped taped;
  taped.open(1);
  taped.close(1, kToClient, Closing::Refused, "connection refused");
  taped.open(2, {"10.0.0.1", 40000}, {"no.such.host", 50051});
  taped.close(2, kToClient, Closing::Refused, "no such name: no.such.host");
  taped.open(3, {"::1", 40000}, {"evil\x1b[31m\\", 50051});
  taped.close(3, kToClient, Closing::Refused, "a\nb\\c" + std::string(5000, 'x'));
  taped.open(4);
  taped.close(4, kToServer, Closing::Reset);  // before anything was said
  expect_the_same(taped);
  EXPECT_THAT(taped.live.lines, ::testing::Contains(::testing::HasSubstr("2 < refused (no such name: no.such.host)")));
  EXPECT_THAT(taped.live.lines, ::testing::Contains(::testing::HasSubstr("2 opened 10.0.0.1:40000 > no.such.host:50051")));
}

TEST(TcpReconstruction, CarriesChunksOfAnySize) {
  std::mt19937_64 random(3);
  Taped taped;
  taped.open(1);
  taped.open(2, {"::1", 1}, {"::1", 2});
  std::array<std::array<std::uint64_t, 2>, 3> sent{};
  for (const std::size_t size : {0, 1, 2, 16383, 16384, 16385, 32768, 65535, 65536, 65537, 1 << 20}) {
    std::string octets(size, ' ');
    for (char& c : octets) c = static_cast<char>(random());
    for (const tcp::ConnectionNumber connection : {1, 2}) {
      for (const Direction direction : {kToServer, kToClient}) {
        const auto index = static_cast<std::size_t>(direction);
        taped.chunk(connection, direction, octets, sent[connection][1 - index]);
        sent[connection][index] += size;
      }
    }
  }
  expect_the_same(taped);
}

// The first connection whose client's sequence numbers go round within so many octets.
tcp::ConnectionNumber about_to_wrap(std::size_t octets) {
  constexpr tcp::ConnectionNumber kTried = 100'000;
  Taped taped;
  for (tcp::ConnectionNumber connection = 1; connection < kTried; ++connection) taped.open(connection);
  PcapngReader reader;
  const std::string content = taped.content();
  reader.feed(as_octets(content));
  CaptureBlock block;
  tcp::Packet packet;
  while (reader.next(block) == ReadBlock::Done) {
    const auto* const captured = std::get_if<CapturedPacket>(&block);
    if (captured == nullptr) continue;
    tcp::read_packet(captured->octets, packet);
    if (packet.sequence >= 0xffffffff - octets) return captured->number;
  }
  return 0;
}

TEST(TcpReconstruction, GoesRoundTheSequenceNumbers) {
  constexpr std::size_t kOctets = 300'000;
  const tcp::ConnectionNumber connection = about_to_wrap(kOctets / 2);
  ASSERT_NE(connection, 0u);
  Taped taped;
  taped.open(connection);
  for (std::size_t sent = 0; sent < kOctets; sent += 30'000) {
    taped.chunk(connection, kToServer, std::string(30'000, 'x'), sent / 1000);
    taped.chunk(connection, kToClient, std::string(30, 'y'), sent + 30'000);
  }
  Lines read = taped.read_back();
  for (std::string& line : read) {
    if (line != "end") line.replace(0, 1, std::to_string(connection));  // the reader counts from 1
  }
  EXPECT_EQ(read, taped.live.lines);
}

TEST(TcpReconstruction, HandsOnWhatBelongsToNoConnection) {
  Taped taped(RecordedSink::Detail::Plain);
  taped.chunk(7, kToServer, "x");
  taped.close(7, kToServer, Closing::Fin);
  EXPECT_THAT(taped.live.lines, ElementsAre("7 > \"x\"", "7 > fin"));
  EXPECT_EQ(taped.packets.packets(), 0u);
}

// Everything a tap may tell, at random.
TEST(TcpReconstruction, IsReadAsItWasToldAtRandom) {
  for (std::uint64_t seed = 1; seed <= 30; ++seed) {
    SCOPED_TRACE(seed);
    std::mt19937_64 random(seed);
    Taped taped;
    struct Open {
      std::uint64_t sent[2] = {}, acked[2] = {};
      bool fin[2] = {}, over = false;
    };
    std::vector<Open> open(1);
    for (int i = 0; i < 300; ++i) {
      const std::uint64_t what = random() % 20;
      if (what == 0) {
        open.emplace_back();
        taped.open(open.size() - 1, {"10.0.0.1", static_cast<std::uint16_t>(random() % 5000 + open.size() * 5000 % 60000)},
                   {"10.0.0.2", 9});
        continue;
      }
      const std::size_t connection = random() % open.size();
      Open& at = open[connection];
      const std::size_t way = random() % 2;
      const Direction direction = way == 0 ? kToServer : kToClient;
      if (connection == 0 || at.over) continue;
      at.acked[way] += random() % (at.sent[1 - way] - at.acked[way] + 1);
      if (what == 1) {
        at.over = true;
        taped.close(connection, direction, Closing::Reset, "because");
      } else if (what < 4 && !at.fin[way]) {
        taped.chunk(connection, direction, "", at.acked[way]);
        at.fin[way] = true;
        at.over = at.fin[1 - way];
        taped.close(connection, direction, Closing::Fin);
      } else {
        const std::string octets(at.fin[way] || what < 8 ? 0 : random() % 40000, static_cast<char>(random()));
        at.sent[way] += octets.size();
        taped.chunk(connection, direction, octets, at.acked[way]);
      }
    }
    expect_the_same(taped);
  }
}

}  // namespace
}  // namespace testigo::capture
