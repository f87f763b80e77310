#include "check/hop/pairing.h"

#include <random>

#include <gtest/gtest.h>

#include "check/testing/hop.h"

namespace testigo::check::hop {
namespace {

using namespace check::testing;

// Captures that began and ended at other times, of calls that all look alike but for their outcome.
TEST(Pairing, OfEqualCallsNothingIsClaimedThatMightBeOtherwise) {
  for (std::uint64_t seed = 0; seed < 2'000; ++seed) {
    std::mt19937_64 random(seed);
    std::vector<Rpc> calls;
    for (int i = 0; i < 12; ++i) {
      Rpc rpc(static_cast<int>(random() % 3));
      rpc.trailers = trailer_fields(random() % 2 == 0 ? "0" : "14");
      if (random() % 3 == 0) rpc.request = plus(rpc.request, "user", std::to_string(random() % 3));
      calls.push_back(rpc);
    }
    const auto part = [&](std::size_t from, std::size_t to) {
      return std::vector<Rpc>(calls.begin() + static_cast<std::ptrdiff_t>(from), calls.begin() + static_cast<std::ptrdiff_t>(to));
    };
    Hop hop;
    hop.downstream(part(0, 8)).upstream(part(random() % 8, 8 + random() % 5));
    EXPECT_EQ(hop.findings(), nothing()) << "seed " << seed;
  }
}

TEST(Pairing, ManyEqualCallsArePairedInTime) {
  const std::vector<Rpc> calls(2'000, Rpc(1));
  Hop hop;
  hop.downstream(calls).upstream(calls);
  EXPECT_EQ(hop.summary().paired, 2'000u);
  EXPECT_EQ(hop.findings(), nothing());
}

TEST(Pairing, OrderDoesNotMatter) {
  std::vector<Rpc> up = ten_calls();
  std::ranges::reverse(up);
  Hop hop;
  hop.downstream(ten_calls()).upstream(up);
  EXPECT_EQ(hop.summary().paired, 10u);
  EXPECT_EQ(hop.findings(), nothing());
}

TEST(Pairing, OtherTrafficIsNotPaired) {
  std::vector<Rpc> up = ten_calls();
  for (Rpc& rpc : up) rpc.request = with(rpc.request, ":path", "/other.Service/Method");
  Hop hop;
  hop.downstream(ten_calls()).upstream(up);
  EXPECT_EQ(hop.summary().paired, 0u);
  EXPECT_EQ(hop.summary().only_downstream, 10u);
  EXPECT_EQ(hop.summary().only_upstream, 10u);
  EXPECT_EQ(hop.findings(), nothing());
}

}  // namespace
}  // namespace testigo::check::hop
