#include "wire/http2/frame_resync.h"

#include <gtest/gtest.h>

#include <random>

#include "base/testing/several_ways.h"
#include "wire/http2/frame_encoder.h"

namespace testigo::http2 {
namespace {

using Octets = std::vector<std::byte>;

Octets frame(FrameType type, std::uint8_t flags, StreamId stream, std::size_t length, std::byte fill = std::byte{0x82}) {
  Octets octets;
  append_number(octets, length, 3);
  append_number(octets, static_cast<std::uint64_t>(type), 1);
  append_number(octets, flags, 1);
  append_number(octets, stream, 4);
  octets.insert(octets.end(), length, fill);
  return octets;
}

Octets call(StreamId stream) {
  Octets octets = frame(FrameType::Headers, kFlagEndHeaders, stream, 20, std::byte{0xbe});
  append(octets, frame(FrameType::Data, kFlagEndStream, stream, 15, std::byte{'x'}));
  return octets;
}

Octets calls(StreamId first, int count) {
  Octets octets;
  for (int i = 0; i < count; ++i) append(octets, call(first + 2 * static_cast<StreamId>(i)));
  return octets;
}

struct Found {
  bool found = false;
  std::uint64_t offset = 0;
  FrameResync::PassedOver passed;
  friend bool operator==(const Found&, const Found&) = default;
};

Found find(Bytes octets, const FrameResync::Rules& rules = {}, const Limits& limits = {}) {
  const auto feed = [&](testing::Cuts& cuts) {
    FrameResync resync(rules, limits);
    std::size_t fed = 0;
    while (const auto piece = cuts.next()) {
      fed += piece->size();
      if (!resync.feed(*piece)) continue;
      const std::size_t from = std::min<std::size_t>(resync.offset(), fed);
      EXPECT_EQ(resync.octets(), octets.subspan(from, fed - from));
      EXPECT_EQ(resync.fed(), fed);
      return Found{true, resync.offset(), resync.passed_over()};
    }
    return Found{};
  };
  return testing::several_ways(octets, feed, 4);
}

constexpr FrameResync::Rules kSmall{100, 0};

TEST(FrameResync, FindsTheFirstFrameThatAllChainsHaveInCommon) {
  Octets octets(40, std::byte{'p'});  // the rest of a payload
  append(octets, calls(1, 20));
  const Found found = find(octets, kSmall);
  ASSERT_TRUE(found.found);
  EXPECT_GT(found.offset, 108u);  // before it, another payload might reach so far
  EXPECT_EQ((found.offset - 40) % 53 % 29, 0u);
  EXPECT_LT(found.offset, 250u);
  EXPECT_TRUE(found.passed.known);
  EXPECT_EQ(found.passed.begin, 40u);
  EXPECT_EQ(found.passed.insertions, 0u);
}

// The payload that was cut holds whole frames, up to its end or not: none of them is ever given.
TEST(FrameResync, FramesInsideAPayloadAreNone) {
  for (const std::size_t cut : {0u, 1u, 9u, 10u, 30u}) {
    Octets octets = calls(101, 2);  // 106 octets, of a payload of 108 at most
    octets.erase(octets.end() - static_cast<std::ptrdiff_t>(cut), octets.end());
    const std::size_t truth = octets.size();
    append(octets, calls(1, 20));
    const Found found = find(octets, {108, 0});
    ASSERT_TRUE(found.found) << cut;
    EXPECT_GE(found.offset, truth) << cut;
    EXPECT_EQ((found.offset - truth) % 53 % 29, 0u) << cut;
  }
}

TEST(FrameResync, HostilePayloadsNeverGiveAFrameOfTheirs) {
  std::mt19937 random(1);
  for (int run = 0; run < 200; ++run) {
    Octets inner;
    while (inner.size() < 300) {
      append(inner, random() % 3 == 0 ? frame(static_cast<FrameType>(random() % 10), random() % 256, random() % 4, random() % 12)
                                      : call(1 + 2 * (random() % 100)));
    }
    const std::size_t from = random() % 200;
    Octets octets(inner.begin() + static_cast<std::ptrdiff_t>(from), inner.end());
    std::vector<std::uint64_t> truth;
    for (int i = 0; i < 40; ++i) {
      truth.push_back(octets.size());
      const Octets data = frame(FrameType::Data, 0, 7, random() % 300, static_cast<std::byte>(random() % 3));
      append(octets, data);
    }
    const Found found = find(octets, {300, 0});
    if (found.found) {
      EXPECT_TRUE(std::ranges::binary_search(truth, found.offset) || found.offset >= octets.size()) << run << " " << found.offset;
    }
  }
}

TEST(FrameResync, SomebodyMayKnowThatAFrameBeganBefore) {
  const Octets octets = calls(1, 40);
  FrameResync resync({.even_streams = false}, {});
  EXPECT_FALSE(resync.feed(octets));
  EXPECT_TRUE(resync.holds_headers(120, 1));
  EXPECT_EQ(resync.offset(), octets.size());
  EXPECT_TRUE(resync.octets().empty());
  EXPECT_EQ(resync.passed_over().begin, 0u);
}

TEST(FrameResync, ContinuationIsOfItsBlock) {
  EXPECT_TRUE(is_plausible({.length = 4, .type = 8, .stream = 0}, 100));
  EXPECT_FALSE(is_plausible({.length = 5, .type = 8, .stream = 0}, 100));
  EXPECT_FALSE(is_plausible({.length = 0, .type = 0, .stream = 0}, 100));
  EXPECT_FALSE(is_plausible({.length = 0, .type = 4, .stream = 1}, 100));
  EXPECT_FALSE(is_plausible({.length = 101, .type = 0, .stream = 1}, 100));
  EXPECT_TRUE(is_plausible({.length = 7, .type = 0x2f, .stream = 9}, 100));
  Octets octets(109, std::byte{'p'});
  append(octets, frame(FrameType::Headers, 0, 1, 5));
  append(octets, frame(FrameType::Continuation, kFlagEndHeaders, 1, 5));
  append(octets, calls(3, 5));
  EXPECT_TRUE(find(octets, kSmall).found);
}

// What is no HTTP/2 is not taken for it.
TEST(FrameResync, RandomOctetsAreNotRecognised) {
  std::mt19937 random(7);
  Octets octets(300'000);
  for (std::byte& octet : octets) octet = static_cast<std::byte>(random());
  FrameResync resync({16'384, 8}, {});
  EXPECT_FALSE(resync.feed(octets));
}

TEST(FrameResync, WithoutAChainTheGapGoesOn) {
  Octets octets(300, std::byte{'p'});  // longer than a frame may be
  append(octets, calls(1, 40));
  const Found found = find(octets, kSmall);
  ASSERT_TRUE(found.found);
  EXPECT_EQ((found.offset - 300) % 53 % 29, 0u);
  EXPECT_FALSE(found.passed.known);
}

TEST(FrameResync, ChainsAreBounded) {
  Limits limits;
  limits.resync_chains_max = 0;
  EXPECT_FALSE(find(calls(1, 40), kSmall, limits).found);
}

TEST(FrameResync, CountsWhatMayHaveBeenInserted) {
  Octets octets;
  for (int i = 0; i < 20; ++i) {
    Octets headers = frame(FrameType::Headers, kFlagEndHeaders, 1 + 2 * static_cast<StreamId>(i), 6);
    std::ranges::copy(from_hex("44 01 2f 7e 01 31"), headers.begin() + 9);
    append(octets, headers);
  }
  const Found found = find(octets, kSmall);
  ASSERT_TRUE(found.found);
  EXPECT_EQ(found.passed.insertions, 2 * found.offset / 15);
  EXPECT_EQ(found.passed.octets, 6 * found.offset / 15);
}

}  // namespace
}  // namespace testigo::http2
