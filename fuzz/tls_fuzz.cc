// TLS: whatever both sides send, and however it is cut, the same is seen of their handshake, and no more than the limits is kept.
//
// An input is a list of turns, each after two octets: the lowest bit says by whom, the rest how long it is.
#include "base/testing/cuts.h"
#include "require.h"
#include "wire/tls/handshake.h"

namespace {

using namespace testigo;
using namespace testigo::tls;

struct Heard {
  std::vector<std::uint64_t> steps;  // each with where it stands
  Seen seen;
  friend bool operator==(const Heard&, const Heard&) = default;
};

Limits small_limits() {
  Limits limits;
  limits.tls_hello_bytes_max = 1000;
  limits.tls_offers_kept = 3;
  limits.text_bytes_kept = 20;
  return limits;
}

void hear_turn(Handshake& handshake, Direction direction, Bytes octets, std::uint64_t seed, Heard& heard) {
  testigo::testing::Cuts cuts(octets, seed);
  while (const auto piece = cuts.next()) {
    handshake.feed(direction, *piece);
    Step step{};
    while (handshake.next(direction, step) == Decoded::Done) {
      REQUIRE(handshake.offset() < handshake.end());
      heard.steps.insert(heard.steps.end(), {static_cast<std::uint64_t>(step), handshake.offset(), handshake.end()});
    }
  }
}

Heard hear(Bytes input, std::uint64_t seed) {
  Handshake handshake(small_limits());
  Heard heard;
  while (input.size() > 2) {
    const std::uint64_t head = load_number(input.data(), 2);
    const std::size_t size = std::min<std::size_t>(head / 2, input.size() - 2);
    hear_turn(handshake, (head & 1) != 0 ? Direction::ToClient : Direction::ToServer, input.subspan(2, size), seed, heard);
    input = input.subspan(2 + size);
  }
  heard.seen = handshake.seen();
  return heard;
}

void require_bounds(const Seen& seen, const Limits& limits) {
  if (!seen.client) return;
  REQUIRE(seen.client->versions.size() <= limits.tls_offers_kept && seen.client->suites.size() <= limits.tls_offers_kept);
  REQUIRE(seen.client->protocols.size() <= limits.tls_offers_kept);
  for (const std::string& protocol : seen.client->protocols) REQUIRE(protocol.size() < 256);
  REQUIRE(!seen.client->server_name || seen.client->server_name->size() <= limits.text_bytes_kept);
}

}  // namespace

// The name is libFuzzer's.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {  // NOLINT(readability-identifier-naming)
  const Bytes octets(reinterpret_cast<const std::byte*>(data), size);
  const Heard whole = hear(octets, testigo::testing::Cuts::kWhole);
  require_bounds(whole.seen, small_limits());
  for (const std::uint64_t seed : {testigo::testing::Cuts::kByteByByte, std::uint64_t{2}, std::uint64_t{3 + size}})
    REQUIRE(hear(octets, seed) == whole);
  return 0;
}
