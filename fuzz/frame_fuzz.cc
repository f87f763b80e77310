// Frames: however the octets are cut, the frames are the same; and a frame that is written again has the octets that it had.
#include <string>

#include "base/testing/cuts.h"
#include "require.h"
#include "wire/http2/frame_decoder.h"
#include "wire/http2/frame_encoder.h"
#include "wire/http2/preface.h"

namespace {

using namespace testigo;
using namespace testigo::http2;

struct Seen {
  std::vector<std::byte> octets;  // of all frames, written again
  std::vector<std::uint64_t> ends;
  std::size_t pending = 0;
  friend bool operator==(const Seen&, const Seen&) = default;
};

Seen decode_all(Bytes octets, std::uint64_t seed) {
  testing::Cuts cuts(octets, seed);
  FrameDecoder decoder;
  Seen seen;
  while (const auto piece = cuts.next()) {
    decoder.feed(*piece);
    Frame frame;
    while (decoder.next(frame) == Decoded::Done) {
      encode_frame(frame, seen.octets);
      REQUIRE(decoder.end() == seen.octets.size());
      seen.ends.push_back(decoder.end());
    }
    seen.pending = decoder.pending();
  }
  return seen;
}

void check_openings(Bytes octets) {
  for (const auto open : {client_opening, server_opening}) {
    const Opening last = open(octets);
    for (std::size_t size = 0; size < std::min<std::size_t>(octets.size(), 30); ++size) {
      const Opening early = open(octets.first(size));
      REQUIRE(early == last || early == Opening::NeedMore);
    }
  }
}

}  // namespace

// The name is libFuzzer's.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {  // NOLINT(readability-identifier-naming)
  const Bytes octets(reinterpret_cast<const std::byte*>(data), size);
  check_openings(octets);
  const Seen whole = decode_all(octets, testing::Cuts::kWhole);
  REQUIRE(whole.octets.size() + whole.pending == size);
  REQUIRE(Bytes(whole.octets) == Bytes(octets.first(whole.octets.size())));
  for (const std::uint64_t seed : {testing::Cuts::kByteByByte, std::uint64_t{2}, std::uint64_t{3 + size}})
    REQUIRE(decode_all(octets, seed) == whole);
  return 0;
}
