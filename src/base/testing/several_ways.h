// The test of every decoder: whole, byte by byte and cut at random, the same octets give the same output.
#pragma once

#include <gtest/gtest.h>

#include "base/testing/cuts.h"

namespace testigo::testing {

// `feed` takes a `Cuts&`, decodes all its pieces with a fresh decoder and returns what came out, a value with `==`. Every way of
// cutting must give the same; the output of the whole run is returned. A failure names the seed, to be given to `Cuts` again.
template <typename Feed>
auto several_ways(Bytes octets, Feed feed, std::uint64_t random_ways = 12) {
  Cuts whole(octets, Cuts::kWhole);
  const auto expected = feed(whole);
  for (std::uint64_t seed = Cuts::kByteByByte; seed <= Cuts::kByteByByte + random_ways; ++seed) {
    Cuts cuts(octets, seed);
    EXPECT_TRUE(feed(cuts) == expected) << "cut with seed " << seed << (seed == Cuts::kByteByByte ? " (byte by byte)" : "");
  }
  return expected;
}

}  // namespace testigo::testing
