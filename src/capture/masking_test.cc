// The whole way, as a property: secrets and bodies that are planted at random into connections of two encoders, cut into frames and
// packets at random, are nowhere in the file that is written; everything else is, and two decoders agree on it. So for what a tap
// carried, and for packets of a wire that come late, twice, cut, or not at all.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cstdio>
#include <filesystem>

#include "base/file.h"
#include "capture/capture_file.h"
#include "capture/capture_writer.h"
#include "capture/packet_intake.h"
#include "capture/testing/masked_reading.h"
#include "capture/testing/planter.h"
#include "capture/testing/wire.h"

namespace testigo::capture {
namespace {

using testing::Accidents;
using testing::expect_nowhere;
using testing::expect_same_but_masked;
using testing::plant_both;
using testing::Planted;
using testing::Wire;

constexpr std::array<Direction, 2> kBoth = {Direction::ToServer, Direction::ToClient};
constexpr std::uint16_t kEthernet = 1;

std::size_t index(Direction direction) { return static_cast<std::size_t>(direction); }

// Both directions of what a capture tells, and of what it told while it was written.
class Collected final : public tcp::ConnectionSink {
 public:
  void on_opened(const tcp::ConnectionOpened&) override {}
  void on_chunk(tcp::ConnectionNumber, const Chunk& chunk) override {
    missing += chunk.missing;
    append(octets[index(chunk.direction)], chunk.bytes);
  }
  void on_closing(const tcp::ConnectionClosing&) override {}
  void on_end() override {}
  std::array<std::vector<std::byte>, 2> octets;
  std::uint64_t missing = 0;
};

class Masking : public ::testing::Test {
 protected:
  Masking() {
    std::string name = (std::filesystem::temp_directory_path() / "testigo-masking-XXXXXX").string();
    folder = mkdtemp(name.data());
  }
  ~Masking() override { std::filesystem::remove_all(folder); }

  // What a tap carried: both directions in turn, a piece each.
  void carry(const std::array<Planted, 2>& planted, std::uint64_t seed, bool payloads) {
    Collected live;
    CaptureWriter writer(file(), live, {.payloads = payloads, .secrets = {"X-Api-Key"}, .rotation = {}});
    writer.on_opened({1, time, {"10.0.0.1", 40'000}, {"10.0.0.2", 50'051}, true, 0});
    std::array cuts = {testigo::testing::Cuts(planted[0].octets, seed), testigo::testing::Cuts(planted[1].octets, seed)};
    for (bool more = true; more;) {
      more = false;
      for (const Direction direction : kBoth) {
        const auto piece = cuts[index(direction)].next();
        if (!piece) continue;
        more = true;
        writer.on_chunk(1, {time += Duration(1000), direction, *piece, 0, 0, 0});
      }
    }
    writer.on_end();
    for (const Direction direction : kBoth) EXPECT_EQ(live.octets[index(direction)], planted[index(direction)].octets);
    EXPECT_EQ(live.missing, 0u);
    EXPECT_EQ(writer.undecoded_packets(), 0u);
    masked = writer.masked();
  }

  // What a listener saw.
  void see(const std::array<Planted, 2>& planted, std::uint64_t seed, bool payloads, Accidents accidents) {
    Collected live;
    PacketRecorder recorder(
        {.file = file(), .link_type = kEthernet, .payloads = payloads, .secrets = {"X-Api-Key"}, .rotation = {}});
    PacketIntake intake(kEthernet, live, &recorder);
    for (const Wire::Seen& packet : Wire(seed, accidents).carry(planted)) {
      intake.take({time += Duration(1000), packet.octets, packet.original_length});
    }
    intake.end();
    seen = live.octets;
    missing = live.missing;
    masked = recorder.masked();
  }

  // Nothing that was planted is in the file.
  void expect_none_of(const std::array<Planted, 2>& planted, bool payloads) const {
    const std::string content = read_file(file(), 32 << 20);
    for (const Planted& here : planted) {
      expect_nowhere(content, here.secrets);
      if (payloads) continue;
      expect_nowhere(content, here.bodies);
      EXPECT_EQ(content.find("paddi"), std::string::npos);
    }
    EXPECT_NE(content.find(payloads ? "secrets masked" : "without message bodies"), std::string::npos);
  }

  // All of it, but what is masked; and all of the file is read.
  void expect_the_rest(const std::array<Planted, 2>& planted, bool payloads) const {
    Collected read;
    const CaptureSummary summary = read_capture(file(), read);
    EXPECT_EQ(summary.trouble, "");
    EXPECT_FALSE(summary.cut);
    EXPECT_EQ(read.missing, 0u);
    for (const Direction direction : kBoth) {
      const Planted& here = planted[index(direction)];
      const Bytes octets = read.octets[index(direction)];
      ASSERT_EQ(octets.size(), here.octets.size());
      expect_same_but_masked(octets.subspan(direction == Direction::ToServer ? http2::kPreface.size() : 0), here, payloads);
    }
    EXPECT_FALSE(masked.empty());
  }

  std::filesystem::path file() const { return folder / "wire.pcapng"; }

  std::filesystem::path folder;
  Time time = *parse_rfc3339("2026-01-02T03:04:05Z");
  std::vector<MaskedField> masked;
  std::array<std::vector<std::byte>, 2> seen;
  std::uint64_t missing = 0;
};

TEST_F(Masking, OfATapLeavesNoSecretAndEverythingElse) {
  for (std::uint64_t seed = 0; seed < 16; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    const auto both = plant_both(seed);
    const bool payloads = seed % 4 == 3;
    carry(both, seed, payloads);
    expect_none_of(both, payloads);
    expect_the_rest(both, payloads);
  }
}

TEST_F(Masking, OfAWireLeavesNoSecretAndEverythingElse) {
  for (std::uint64_t seed = 0; seed < 24; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    const auto both = plant_both(seed);
    const bool payloads = seed % 4 == 3;
    see(both, seed, payloads, {.reorder = seed % 2 == 0, .repeat = seed % 3 == 0});
    for (const Direction direction : kBoth) EXPECT_EQ(seen[index(direction)], both[index(direction)].octets);
    expect_none_of(both, payloads);
    expect_the_rest(both, payloads);
  }
}

// What is undecided stays unwritten; what is read of the rest is a part of what was seen.
TEST_F(Masking, OfAWireWithLossLeavesNoSecret) {
  std::uint64_t read_of_all = 0, seen_of_all = 0;
  for (std::uint64_t seed = 0; seed < 32; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    const auto both = plant_both(seed);
    const bool payloads = seed % 4 == 3;
    see(both, seed, payloads, {.reorder = seed % 2 == 0, .repeat = seed % 3 == 0, .lose = seed % 5 != 0, .cut = seed % 7 < 3});
    expect_none_of(both, payloads);
    Collected read;
    EXPECT_EQ(read_capture(file(), read).trouble, "");
    for (const Direction direction : kBoth) {
      read_of_all += read.octets[index(direction)].size();
      seen_of_all += seen[index(direction)].size();
    }
    if (missing == 0) expect_the_rest(both, payloads);
  }
  EXPECT_LE(read_of_all, seen_of_all);
  EXPECT_GT(read_of_all, seen_of_all / 2) << "most of it can be written all the same";
}

std::string output_of(const std::string& command) {
  std::string output;
  std::FILE* const pipe = ::popen(command.c_str(), "r");
  if (pipe == nullptr) return output;
  for (std::array<char, 4096> buffer; const std::size_t size = std::fread(buffer.data(), 1, buffer.size(), pipe);) {
    output.append(buffer.data(), size);
  }
  ::pclose(pipe);
  return output;
}

// What it finds wrong in the file, and the ids of the calls that it reads.
void expect_read_by_tshark(const std::filesystem::path& file) {
  // Bodies of zeros are no messages of protobuf; what they are is for the layers below to say.
  const std::string read = "tshark -r " + file.string() + " -d tcp.port==50051,http2 --disable-protocol protobuf" +
                           " -o tcp.check_checksum:TRUE -o tcp.reassemble_out_of_order:TRUE ";
  EXPECT_EQ(output_of(read + "-Y '_ws.malformed || tcp.checksum.status == 0' 2>&1 | grep -v 'Running as'"), "");
  const std::string ids = output_of(read + "-Y http2.header.name==testigo-id -T fields -e http2.header.value 2>&1");
  for (int stream = 1; stream < 40; stream += 2) {
    EXPECT_THAT(ids, ::testing::HasSubstr("client1/abc/" + std::to_string(stream)));
  }
}

TEST_F(Masking, IsDecodedByTshark) {
  if (output_of("tshark --version 2>&1").find("TShark") == std::string::npos) GTEST_SKIP() << "tshark is not here";
  for (const std::uint64_t seed : {0, 1, 2, 3}) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    const auto both = plant_both(seed);
    carry(both, seed + 2, false);
    expect_read_by_tshark(file());
    see(both, seed, false, {.reorder = seed == 2, .repeat = seed == 3});
    expect_read_by_tshark(file());
  }
}

}  // namespace
}  // namespace testigo::capture
