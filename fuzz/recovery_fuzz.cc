// Behind gaps: whatever octets follow, where frames begin does not depend on how they are cut, no frame is given before the payload
// that was cut can have ended, and candidates for lost header fields bear everything.
//
// An input is six octets (rules), then octets behind the gap; the same octets are a list of blocks, each after an octet with its
// length, for the candidates.
#include "base/testing/cuts.h"
#include "require.h"
#include "wire/http2/frame_resync.h"
#include "wire/http2/hpack_candidates.h"
#include "wire/http2/hpack_decoder.h"

namespace {

using namespace testigo;
using namespace testigo::http2;

constexpr std::size_t kRules = 6;

std::uint8_t at(Bytes octets, std::size_t i) { return std::to_integer<std::uint8_t>(octets[i]); }

struct Found {
  bool found = false;
  std::uint64_t offset = 0;
  FrameResync::PassedOver passed;
  friend bool operator==(const Found&, const Found&) = default;
};

Found find(Bytes rules, Bytes octets, std::uint64_t seed) {
  Limits limits;
  limits.resync_chains_max = at(rules, 0);
  limits.resync_bytes_kept = 16u * at(rules, 1);
  FrameResync::Rules of;
  of.length_max = 1 + at(rules, 2);
  of.frames_to_recognise = at(rules, 3) % 4;
  of.even_streams = at(rules, 3) >= 128;
  of.opened_before = 2 * (at(rules, 3) % 8u);
  FrameResync resync(of, limits);
  const std::size_t known_at = at(rules, 4);  // somebody knows of HEADERS when so many octets were fed
  testing::Cuts first(octets.first(std::min(known_at, octets.size())), seed);
  testing::Cuts second(octets.subspan(std::min(known_at, octets.size())), seed);
  std::size_t fed = 0;
  bool found = false;
  const auto feed = [&](testing::Cuts& cuts) {
    while (!found) {
      const auto piece = cuts.next();
      if (!piece) return;
      fed += piece->size();
      found = resync.feed(*piece);
    }
  };
  feed(first);
  const bool knows = at(rules, 5) != 0 && fed != 0 && !found;
  std::set<StreamId> streams;
  for (StreamId i = 0; i <= at(rules, 5) % 8u; ++i) streams.insert(of.opened_before + 1 + 2 * i);
  if (knows) found = resync.answered({fed, streams, at(rules, 5) / 8u, 10});
  feed(second);
  if (!found) return {};
  REQUIRE(resync.fed() == fed && resync.offset() <= fed);
  REQUIRE(resync.octets() == octets.subspan(resync.offset(), fed - resync.offset()));
  REQUIRE(knows || resync.offset() > of.length_max);
  REQUIRE(!resync.passed_over().known || !resync.passed_over().beginnings.empty());
  return {true, resync.offset(), resync.passed_over()};
}

void bear_candidates(Bytes rules, Bytes input) {
  Limits limits;
  limits.recovery_steps_max = 5000;
  limits.insertions_lost_max = 200;
  HpackDecoder decoder(limits);
  std::vector<HeaderField> fields;
  std::optional<HpackCandidates> candidates;
  std::size_t left = 0;
  for (std::size_t number = 0; !input.empty(); ++number) {
    const std::size_t size = std::min<std::size_t>(at(input, 0), input.size() - 1);
    const Bytes block = input.subspan(1, size);
    input = input.subspan(1 + size);
    if (number == at(rules, 0) % 8u) {
      const auto before = HpackCandidates::Before::of(decoder.history());
      decoder.taint();
      candidates.emplace(decoder.history(), before, std::vector{HpackCandidates::Lost{at(rules, 1), 2u * at(rules, 1), 1}}, limits);
      left = candidates->left();
    }
    decoder.decode(block, fields);
    if (!candidates) continue;
    const BlockInDoubt doubt = candidates->look_at(fields);
    candidates->read(doubt, static_cast<BlockKind>(number % 3), {(at(rules, 2) & 1) != 0, (at(rules, 2) & 2) != 0});
    REQUIRE(candidates->left() <= left);  // they only ever drop out
    left = candidates->left();
    const auto path = candidates->path(doubt);
    REQUIRE(!path || left != 0);
  }
}

}  // namespace

// The name is libFuzzer's.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {  // NOLINT(readability-identifier-naming)
  if (size < kRules) return 0;
  const Bytes input(std::as_bytes(std::span(data, size)));
  const Bytes rules = input.first(kRules), octets = input.subspan(kRules);
  const Found whole = find(rules, octets, testing::Cuts::kWhole);
  REQUIRE(find(rules, octets, testing::Cuts::kByteByByte) == whole);
  bear_candidates(rules, octets);
  return 0;
}
