#include "verdict/claim_catalogue.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace testigo::verdict {
namespace {

TEST(ClaimCatalogue, HasTheEightAndThatOfTraffic) {
  ASSERT_EQ(claim_catalogue().size(), 9u);
  for (int number = 1; number <= 8; ++number) {
    const ClaimInfo& claim = claim_catalogue()[static_cast<std::size_t>(number) - 1];
    EXPECT_EQ(claim.id, fmt::format("{}", number));
    EXPECT_EQ(claim_sentence(number), claim.sentence);
  }
  EXPECT_EQ(claim_catalogue().back().id, "traffic");
  EXPECT_EQ(traffic_sentence(), claim_catalogue().back().sentence);
}

TEST(ClaimCatalogue, EveryClaimSaysEverything) {
  for (const ClaimInfo& claim : claim_catalogue()) {
    for (const std::string_view text :
         {claim.commands, claim.sentence, claim.meaning, claim.witnesses, claim.broken, claim.inconclusive}) {
      EXPECT_FALSE(text.empty()) << claim.id;
    }
  }
}

}  // namespace
}  // namespace testigo::verdict
