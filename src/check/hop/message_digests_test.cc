#include "check/hop/message_digests.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "base/testing/cuts.h"

namespace testigo::check::hop {
namespace {

std::vector<MessageDigest> digests(const std::string& octets, std::uint64_t seed) {
  std::vector<MessageDigest> told;
  MessageDigests messages;
  testigo::testing::Cuts cuts(as_octets(octets), seed);
  while (const auto piece = cuts.next()) messages.feed(*piece, [&](const MessageDigest& message) { told.push_back(message); });
  return told;
}

std::string prefixed(char flag, const std::string& text) {
  return std::string{flag, '\0', '\0', static_cast<char>(text.size() >> 8), static_cast<char>(text.size())} + text;
}

TEST(MessageDigests, CuttingChangesNothing) {
  const std::string long_one(5'000, 'x');
  const std::string octets = prefixed(0, "one") + prefixed(1, "") + prefixed(0, long_one) + prefixed(0, "cut off").substr(0, 8);
  const std::vector<MessageDigest> wanted = {{0, 3, digest_of("one")}, {1, 0, digest_of("")}, {0, 5'000, digest_of(long_one)}};
  for (std::uint64_t seed = 0; seed < 40; ++seed) EXPECT_EQ(digests(octets, seed), wanted) << "seed " << seed;
}

}  // namespace
}  // namespace testigo::check::hop
