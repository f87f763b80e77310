#include "base/digest.h"

#include <set>
#include <string>

#include <gtest/gtest.h>

#include "base/testing/cuts.h"

namespace testigo {
namespace {

TEST(Digest, CuttingChangesNothing) {
  std::string text;
  for (int i = 0; i < 1'000; ++i) text += static_cast<char>(i * 7);
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    testing::Cuts cuts(as_octets(text), seed);
    Digest digest;
    while (const auto piece = cuts.next()) digest.add(*piece);
    EXPECT_EQ(digest.value(), digest_of(text)) << "seed " << seed;
  }
}

TEST(Digest, OneBitOrOneOctetMoreIsAnother) {
  std::set<std::uint64_t> seen;
  std::size_t texts = 0;
  for (std::size_t length = 0; length < 40; ++length) {
    const std::string zeros(length, '\0');
    seen.insert(digest_of(zeros));
    ++texts;
    for (std::size_t bit = 0; bit < 8 * length; ++bit) {
      std::string other = zeros;
      other[bit / 8] = static_cast<char>(1 << bit % 8);
      seen.insert(digest_of(other));
      ++texts;
    }
  }
  EXPECT_EQ(seen.size(), texts);
}

TEST(Digest, TextsEndWhereTheyEnd) {
  Digest one, other;
  one.add_whole("a");
  one.add_whole("bc");
  other.add_whole("ab");
  other.add_whole("c");
  EXPECT_FALSE(one == other);
}

}  // namespace
}  // namespace testigo
