// The whole way, as a property: secrets and bodies that are planted at random into connections of two encoders, cut into frames and
// packets at random, are nowhere in the file that is written; everything else is, and two decoders agree on it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cstdio>
#include <filesystem>
#include <map>
#include <random>
#include <set>

#include "base/file.h"
#include "base/testing/cuts.h"
#include "capture/capture_file.h"
#include "capture/capture_writer.h"
#include "capture/testing/speaker.h"
#include "wire/http2/frame_decoder.h"
#include "wire/http2/hpack_decoder.h"
#include "wire/http2/hpack_huffman.h"
#include "wire/http2/testing/nghttp2_oracle.h"

namespace testigo::capture {
namespace {

using http2::FrameType;
using http2::testing::Field;
using testing::Speaker;

constexpr Direction kToServer = Direction::ToServer, kToClient = Direction::ToClient;
constexpr std::array<Direction, 2> kBoth = {kToServer, kToClient};

std::size_t index(Direction direction) { return static_cast<std::size_t>(direction); }

class Random {
 public:
  explicit Random(std::uint64_t seed) : bits_(seed) {}
  std::uint64_t below(std::uint64_t end) { return bits_() % end; }
  bool one_in(std::uint64_t n) { return below(n) == 0; }

  // Long enough that it is nowhere by chance.
  std::string secret() {
    std::string text(12 + below(one_in(10) ? 3000 : 60), ' ');
    const bool any = one_in(4);
    for (char& c : text) c = static_cast<char>(any ? below(256) : '!' + below(94));
    return text;
  }
  std::string word() { return "w" + std::to_string(below(1000)); }

 private:
  std::mt19937_64 bits_;
};

// One direction, and what was planted into it.
struct Planted {
  std::vector<std::vector<Field>> blocks;  // in their order
  std::set<std::string> secrets;
  std::set<std::string> bodies;
  std::vector<std::string> messages;
  std::vector<std::byte> octets;
};

bool is_secret(const Field& field) {
  static const std::set<std::string> kNames = {"authorization", "proxy-authorization", "cookie", "set-cookie", "x-api-key"};
  return kNames.contains(field.name) || (field.never_indexed && field.name.starts_with("x-"));
}

class Planter {
 public:
  Planter(std::uint64_t seed, Direction direction)
      : random_(seed), direction_(direction), theirs_(4096), by_nghttp2_(random_.one_in(2)), speaker_(random_.one_in(2)) {
    for (int i = 0; i < 4; ++i) pool_.push_back(random_.secret());
  }

  Planted plant() {
    if (direction_ == kToServer) speaker_.octets(http2::kPreface);
    speaker_.frame(FrameType::Settings, 0, 0, Bytes());
    for (http2::StreamId stream = 1; stream < 40; stream += 2) call(stream);
    planted_.octets = speaker_.said;
    return planted_;
  }

 private:
  void call(http2::StreamId stream) {
    headers(stream, fields(stream), 0);
    for (std::uint64_t n = random_.below(4); n > 0; --n) message(stream);
    if (random_.one_in(5)) speaker_.frame(static_cast<FrameType>(0x20 + random_.below(9)), 0xff, stream, plant_body());
    headers(stream, {{"grpc-status", "0"}, secret_field()}, http2::kFlagEndStream);
  }

  std::vector<Field> fields(http2::StreamId stream) {
    std::vector<Field> fields = {{":path", "/" + random_.word()}, {"content-type", "application/grpc"}};
    fields.push_back({"testigo-id", "client1/abc/" + std::to_string(stream)});
    for (std::uint64_t n = random_.below(4); n > 0; --n) fields.push_back(random_.one_in(2) ? secret_field() : plain_field());
    return fields;
  }
  Field plain_field() { return {"x-plain-" + random_.word(), random_.word(), false}; }

  Field secret_field() {
    constexpr std::array kNames = {"authorization", "proxy-authorization", "cookie", "set-cookie", "x-api-key", "x-marked"};
    const std::string name = kNames[random_.below(kNames.size())];
    const std::string value = random_.one_in(2) ? pool_[random_.below(pool_.size())] : random_.secret();
    planted_.secrets.insert(value);
    return {name, value, name == "x-marked" || random_.one_in(3)};
  }

  void headers(http2::StreamId stream, const std::vector<Field>& fields, unsigned flags) {
    planted_.blocks.push_back(fields);
    speaker_.headers_in_pieces(stream, block(fields), random_.one_in(3) ? 1 + random_.below(50) : 16'000, flags);
  }

  std::vector<std::byte> block(const std::vector<Field>& fields) {
    if (by_nghttp2_) return theirs_.deflate(fields);
    testing::Fields list;
    for (const Field& field : fields) {
      list.push_back(
          {field.name, field.value,
           field.never_indexed ? http2::Representation::NeverIndexed : static_cast<http2::Representation>(random_.below(3))});
    }
    return speaker_.block(list);
  }

  // In one DATA frame or in some.
  void message(http2::StreamId stream) {
    const std::string body = plant_body();
    planted_.messages.push_back(body);
    const std::vector<std::byte> octets = Speaker::prefixed(body);
    testigo::testing::Cuts cuts(octets, random_.below(6));
    while (const auto piece = cuts.next()) {
      if (random_.one_in(4)) {
        std::vector<std::byte> padded{std::byte{12}};
        append(padded, *piece);
        append(padded, as_octets(std::string_view("paddingpaddi").substr(0, 12)));
        speaker_.frame(FrameType::Data, http2::kFlagPadded, stream, padded);
      } else {
        speaker_.frame(FrameType::Data, 0, stream, *piece);
      }
    }
  }

  std::string plant_body() {
    std::string body = random_.secret();
    planted_.bodies.insert(body);
    return body;
  }

  Random random_;
  Direction direction_;
  http2::testing::Deflater theirs_;
  bool by_nghttp2_;
  Speaker speaker_;
  std::vector<std::string> pool_;
  Planted planted_;
};

// Both directions of what a capture tells, and of what it told while it was written.
class Collected final : public tcp::ConnectionSink {
 public:
  void on_opened(const tcp::ConnectionOpened&) override {}
  void on_chunk(tcp::ConnectionNumber, const Chunk& chunk) override {
    EXPECT_EQ(chunk.missing, 0u);
    append(octets[index(chunk.direction)], chunk.bytes);
  }
  void on_closing(const tcp::ConnectionClosing&) override {}
  void on_end() override {}
  std::array<std::vector<std::byte>, 2> octets;
};

// Frame by frame: header blocks, and message sizes by stream.
struct Read {
  explicit Read(Bytes octets) {
    http2::FrameDecoder frames;
    frames.feed(octets);
    http2::Frame frame;
    std::vector<std::byte> block;
    std::map<http2::StreamId, std::vector<std::byte>> data;
    while (frames.next(frame) == http2::Decoded::Done) {
      if (const auto* headers = std::get_if<http2::HeadersFrame>(&frame.payload)) append(block, headers->fragment);
      if (const auto* more = std::get_if<http2::ContinuationFrame>(&frame.payload)) append(block, more->fragment);
      if (const auto* body = std::get_if<http2::DataFrame>(&frame.payload)) append(data[frame.header.stream], body->data);
      const bool whole = frame.header.is(FrameType::Headers) || frame.header.is(FrameType::Continuation);
      if (whole && frame.header.has(http2::kFlagEndHeaders)) blocks.push_back(std::exchange(block, {}));
      EXPECT_FALSE(std::holds_alternative<http2::MalformedFrame>(frame.payload));
    }
    EXPECT_EQ(frames.pending(), 0u);
    for (const auto& [stream, octets_of_it] : data) {
      for (Bytes rest = octets_of_it; !rest.empty();) {
        const std::size_t size = load_number(rest.data() + 1, 4);
        messages.emplace_back(as_text(rest.subspan(5, size)));
        rest = rest.subspan(5 + size);
      }
    }
  }
  std::vector<std::vector<std::byte>> blocks;
  std::vector<std::string> messages;
};

void expect_masked(const Field& read, const Field& planted) {
  EXPECT_EQ(read.name, planted.name);
  EXPECT_EQ(read.value.size(), planted.value.size());
  if (!is_secret(planted)) {
    EXPECT_EQ(read.value, planted.value);
    return;
  }
  EXPECT_NE(read.value, planted.value);
}

void expect_same_but_masked(Bytes octets, const Planted& planted, bool payloads) {
  const Read read(octets);
  std::vector<std::string> messages = planted.messages;
  for (std::string& message : messages) {
    if (!payloads) message.assign(message.size(), '\0');
  }
  EXPECT_EQ(read.messages, messages);
  ASSERT_EQ(read.blocks.size(), planted.blocks.size());
  http2::HpackDecoder ours;
  http2::testing::Inflater theirs;
  std::vector<http2::HeaderField> fields;
  for (std::size_t i = 0; i < read.blocks.size(); ++i) {
    const http2::BlockOutcome outcome = ours.decode(read.blocks[i], fields);
    ASSERT_EQ(outcome.fault, http2::HpackFault::None);
    const auto inflated = theirs.inflate(read.blocks[i]);
    ASSERT_TRUE(inflated);
    EXPECT_EQ(http2::testing::own(fields), *inflated);
    ASSERT_EQ(inflated->size(), planted.blocks[i].size());
    for (std::size_t f = 0; f < inflated->size(); ++f) expect_masked((*inflated)[f], planted.blocks[i][f]);
  }
}

// Neither as it is, nor coded: not even at a shifted bit, as it would be within a longer string.
void expect_nowhere(const std::string& file, const std::set<std::string>& texts) {
  for (const std::string& text : texts) {
    for (std::size_t at = 0; at + 6 <= text.size() && at < 200; at += 3) {
      EXPECT_EQ(file.find(text.substr(at, 6)), std::string::npos) << "at " << at << " of " << text.size();
    }
    std::vector<std::byte> coded;
    http2::huffman_encode(text, coded);
    for (std::size_t at = 0; at + 7 < coded.size() && at < 200; at += 3) {
      EXPECT_EQ(file.find(as_text(Bytes(coded).subspan(at, 6))), std::string::npos) << "coded, at " << at;
    }
  }
}

class Masking : public ::testing::Test {
 protected:
  Masking() {
    std::string name = (std::filesystem::temp_directory_path() / "testigo-masking-XXXXXX").string();
    folder = mkdtemp(name.data());
  }
  ~Masking() override { std::filesystem::remove_all(folder); }

  // Both directions in turn, a piece each.
  void write(const std::array<Planted, 2>& planted, std::uint64_t seed, bool payloads) {
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
    EXPECT_EQ(writer.undecoded_packets(), 0u);
    masked = writer.masked();
  }

  std::filesystem::path file() const { return folder / "wire.pcapng"; }

  std::filesystem::path folder;
  Time time = *parse_rfc3339("2026-01-02T03:04:05Z");
  std::vector<MaskedField> masked;
};

std::array<Planted, 2> planted(std::uint64_t seed) {
  return {Planter(2 * seed, kToServer).plant(), Planter(2 * seed + 1, kToClient).plant()};
}

TEST_F(Masking, LeavesNoSecretAndEverythingElse) {
  for (std::uint64_t seed = 0; seed < 16; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    const auto both = planted(seed);
    const bool payloads = seed % 4 == 3;
    write(both, seed, payloads);
    const std::string content = read_file(file(), 32 << 20);
    Collected read;
    const CaptureSummary summary = read_capture(file(), read);
    EXPECT_EQ(summary.trouble, "");
    EXPECT_FALSE(summary.cut);
    for (const Direction direction : kBoth) {
      const Planted& here = both[index(direction)];
      const Bytes octets = read.octets[index(direction)];
      ASSERT_EQ(octets.size(), here.octets.size());
      expect_same_but_masked(octets.subspan(direction == kToServer ? http2::kPreface.size() : 0), here, payloads);
      expect_nowhere(content, here.secrets);
      if (!payloads) {
        expect_nowhere(content, here.bodies);
        EXPECT_EQ(content.find("paddi"), std::string::npos);
      }
    }
    EXPECT_NE(content.find(payloads ? "secrets masked" : "without message bodies"), std::string::npos);
    EXPECT_FALSE(masked.empty());
  }
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

TEST_F(Masking, IsDecodedByTshark) {
  if (output_of("tshark --version 2>&1").find("TShark") == std::string::npos) GTEST_SKIP() << "tshark is not here";
  // Bodies of zeros are no messages of protobuf; what they are is for the layers below to say.
  for (const std::uint64_t seed : {0, 1, 2, 3}) {
    const auto both = planted(seed);
    write(both, seed + 2, false);
    const std::string read =
        "tshark -r " + file().string() + " -d tcp.port==50051,http2 --disable-protocol protobuf -o tcp.check_checksum:TRUE ";
    EXPECT_EQ(output_of(read + "-Y '_ws.malformed || tcp.checksum.status == 0' 2>&1 | grep -v 'Running as'"), "");
    const std::string ids = output_of(read + "-Y http2.header.name==testigo-id -T fields -e http2.header.value 2>&1");
    for (int stream = 1; stream < 40; stream += 2) {
      EXPECT_THAT(ids, ::testing::HasSubstr("client1/abc/" + std::to_string(stream)));
    }
  }
}

}  // namespace
}  // namespace testigo::capture
