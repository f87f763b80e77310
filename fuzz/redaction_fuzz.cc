// What is written of a connection, whatever both sides send: nothing breaks; what is decided stays decided, however the octets are
// cut; and no secret that was planted into a header block survives, neither as it is nor coded.
//
// An input is one octet of options, then steps: an octet that says what and by whom, and what belongs to it.
#include <array>
#include <string>

#include "base/testing/cuts.h"
#include "capture/redaction.h"
#include "capture/testing/speaker.h"
#include "require.h"
#include "wire/http2/hpack_huffman.h"

namespace {

using namespace testigo;
using capture::testing::Speaker;
using http2::FrameType;

constexpr std::uint8_t kByServer = 0x80;  // else by the client
constexpr std::string_view kSecret = "~q9X_planted%W7k";

// But for its last octet, which may hold padding.
std::vector<std::byte> coded_secret() {
  std::vector<std::byte> coded;
  http2::huffman_encode(kSecret, coded);
  coded.pop_back();
  return coded;
}

enum class What : std::uint8_t { Frame, Plant, PlantInPieces, Message, Gap, Raw, Request, Fin };

class Reader {
 public:
  explicit Reader(Bytes input) : rest_(input) {}
  bool done() const { return rest_.empty(); }
  std::uint8_t octet() { return rest_.empty() ? 0 : std::to_integer<std::uint8_t>(take(1)[0]); }
  Bytes take(std::size_t size) {
    const Bytes taken = rest_.first(std::min(size, rest_.size()));
    rest_ = rest_.subspan(taken.size());
    return taken;
  }

 private:
  Bytes rest_;
};

// Plays an input, each piece of octets cut by `seed`.
class Play {
 public:
  Play(bool payloads, bool huffman, const Limits& limits, std::uint64_t seed)
      : seed_(seed), redaction_(payloads, {}, limits), speakers_{Speaker(huffman), Speaker(huffman)} {}

  enum class Begin : std::uint8_t { Http2, Upgraded, Unsaid };

  void run(Reader reader, Begin begin) {
    redaction_.on_opened({1, {}, {"127.0.0.1", 40'000}, {"127.0.0.1", 50'051}, true, 0});
    if (begin == Begin::Upgraded) upgrade();
    if (begin != Begin::Unsaid) {
      tell(Direction::ToServer, speaker(Direction::ToServer).preface());
      tell(Direction::ToClient, speaker(Direction::ToClient).frame(FrameType::Settings, 0, 0, Bytes()));
    }
    raw_ = begin == Begin::Unsaid;
    while (!reader.done()) step(reader);
    redaction_.on_end();
    for (const Direction direction : {Direction::ToServer, Direction::ToClient}) write(direction);
  }

  const std::array<std::vector<std::byte>, 2>& written() const { return said_; }

 private:
  // From HTTP/1.1, with a secret in each head.
  void upgrade() {
    const std::string secret(kSecret);
    tell(Direction::ToServer, speaker(Direction::ToServer)
                                  .octets("GET / HTTP/1.1\r\nCookie: " + secret + "\r\n  " + secret +
                                          "\r\nUpgrade: h2c\r\nHTTP2-Settings: AAEAAQAA\r\n\r\n"));
    tell(Direction::ToClient, speaker(Direction::ToClient)
                                  .octets("HTTP/1.1 101 Switching Protocols\r\nSet-Cookie:" + secret + "\r\nUpgrade: h2c\r\n\r\n"));
  }

  Speaker& speaker(Direction direction) { return speakers_[static_cast<std::size_t>(direction)]; }
  std::vector<std::byte>& said(Direction direction) { return said_[static_cast<std::size_t>(direction)]; }

  void step(Reader& reader) {
    const std::uint8_t octet = reader.octet();
    const Direction direction = (octet & kByServer) != 0 ? Direction::ToClient : Direction::ToServer;
    Speaker& by = speaker(direction);
    const http2::StreamId stream = (octet >> 3 & 0xf) * 2 + 1;
    switch (static_cast<What>(octet & 7)) {
      case What::Frame: {
        const std::uint8_t type = reader.octet(), flags = reader.octet();
        return tell(direction, by.frame(static_cast<FrameType>(type % 12), flags, stream, reader.take(reader.octet())));
      }
      case What::Plant:
        return tell(direction, by.headers(stream, planted(reader), reader.octet() & http2::kFlagEndStream));
      case What::PlantInPieces: {
        const auto block = by.block(planted(reader));
        return tell(direction, by.headers_in_pieces(stream, block, 1 + reader.octet()));
      }
      case What::Message:
        return tell(direction, by.message(stream, as_text(reader.take(reader.octet()))));
      case What::Gap:
        return tell_chunk(direction, {}, reader.octet() == 0 ? kUnknownMissing : 1);
      case What::Raw:
        raw_ = true;
        return tell(direction, by.octets(as_text(reader.take(reader.octet()))));
      case What::Request:
        return tell(direction, by.headers(stream, capture::testing::grpc_request()));
      case What::Fin:
        return redaction_.on_closing({1, {}, direction, tcp::Closing::Fin, 0, {}});
    }
  }

  static capture::testing::Fields planted(Reader& reader) {
    const std::uint8_t octet = reader.octet();
    return {{":path", as_text(reader.take(octet >> 5))},
            {(octet & 1) != 0 ? "authorization" : "cookie", kSecret, static_cast<http2::Representation>(octet >> 1 & 3)}};
  }

  void tell(Direction direction, Speaker& by) {
    testing::Cuts cuts(by.said, seed_);
    while (const auto piece = cuts.next()) tell_chunk(direction, *piece, 0);
    append(said(direction), by.said);
    by.said.clear();
  }

  void tell_chunk(Direction direction, Bytes octets, std::uint64_t missing) {
    const std::int64_t before = redaction_.decided_to(1, direction);
    redaction_.on_chunk(1, {{}, direction, octets, missing, 0, 0});
    REQUIRE(redaction_.decided_to(1, direction) >= before);
  }

  // Offsets behind a gap are not those of what was said, and need not be: all behind it are zeros.
  void write(Direction direction) {
    std::vector<std::byte>& octets = said(direction);
    redaction_.apply({1, direction, 0}, octets);
    if (raw_) return;  // a frame or a field may have swallowed the secret
    REQUIRE(as_text(octets).find(kSecret) == std::string_view::npos);
    REQUIRE(as_text(octets).find(as_text(coded_secret())) == std::string_view::npos);
  }

  std::uint64_t seed_;
  capture::Redaction redaction_;
  std::array<Speaker, 2> speakers_;
  std::array<std::vector<std::byte>, 2> said_;
  bool raw_ = false;  // nothing is known of where a secret stands
};

// The fuzzer learns what is looked for; what it says itself is no secret.
bool says_of(Bytes input, Bytes text) {
  constexpr std::size_t kEnough = 4;
  for (std::size_t at = 0; at + kEnough <= text.size(); ++at) {
    if (as_text(input).find(as_text(text.subspan(at, kEnough))) != std::string_view::npos) return true;
  }
  return false;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const Bytes input(std::as_bytes(std::span(data, size)));
  if (says_of(input, as_octets(kSecret)) || says_of(input, coded_secret())) return 0;
  Reader reader(input);
  const std::uint8_t options = reader.octet();
  Limits limits;
  if ((options & 4) != 0) limits.block_bytes_max = 50;
  if ((options & 8) != 0) limits.string_bytes_max = 10;
  if ((options & 16) != 0) limits.history_bytes_max = 100;
  if ((options & 32) != 0) limits.streams_max = 2;
  const auto play = [&](std::uint64_t seed) {
    Play one((options & 1) != 0, (options & 2) != 0, limits, seed);
    one.run(reader, (options & 128) != 0 ? Play::Begin::Unsaid : (options & 64) != 0 ? Play::Begin::Upgraded : Play::Begin::Http2);
    return one.written();
  };
  const auto whole = play(testing::Cuts::kWhole);
  REQUIRE(play(size < 2000 ? testing::Cuts::kByteByByte : 2 + size % 7) == whole);
  return 0;
}
