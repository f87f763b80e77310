#include "wire/tcp/octet_ranges.h"

#include <gtest/gtest.h>

#include <bitset>
#include <random>

namespace testigo::tcp {
namespace {

TEST(OctetRanges, AreOneWhereTheyTouch) {
  OctetRanges ranges;
  ranges.add({10, 20});
  ranges.add({30, 40});
  EXPECT_EQ(ranges.size(), 2u);
  ranges.add({20, 30});
  EXPECT_EQ(ranges.size(), 1u);
  EXPECT_EQ(ranges.first_in({0, 100}), (OctetRange{10, 40}));
  EXPECT_EQ(ranges.first_in({15, 16}), (OctetRange{15, 16}));
  EXPECT_EQ(ranges.first_in({0, 10}), std::nullopt);
  EXPECT_EQ(ranges.first_in({40, 50}), std::nullopt);
  EXPECT_EQ(ranges.first_in({15, 15}), std::nullopt);
  ranges.drop_before(35);
  EXPECT_EQ(ranges.first_in({0, 100}), (OctetRange{35, 40}));
  ranges.add({50, 50});
  EXPECT_EQ(ranges.end(), 40u);
}

// Against a bit for each octet.
TEST(OctetRanges, HoldWhatWasAdded) {
  std::mt19937_64 random(1);
  for (int round = 0; round < 500; ++round) {
    OctetRanges ranges;
    std::bitset<64> bits;
    for (int i = 0; i < 8; ++i) {
      const std::uint64_t from = random() % 64, to = from + random() % (64 - from);
      ranges.add({from, to});
      for (std::uint64_t at = from; at < to; ++at) bits.set(at);
    }
    if (const std::uint64_t drop = random() % 64; round % 2 == 0) {
      ranges.drop_before(drop);
      for (std::uint64_t at = 0; at < drop; ++at) bits.reset(at);
    }
    std::bitset<64> found;
    for (auto range = ranges.first_in({0, 64}); range; range = ranges.first_in({range->to, 64})) {
      for (std::uint64_t at = range->from; at < range->to; ++at) found.set(at);
    }
    EXPECT_EQ(found, bits);
  }
}

}  // namespace
}  // namespace testigo::tcp
