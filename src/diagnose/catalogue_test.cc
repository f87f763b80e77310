#include "diagnose/catalogue.h"

#include <algorithm>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "diagnose/cause.h"

namespace testigo::diagnose {
namespace {

TEST(Catalogue, IdsRunFromF01) {
  int number = 0;
  for (const CauseInfo& cause : catalogue()) EXPECT_EQ(cause.id, fmt::format("F{:02}", ++number));
  EXPECT_EQ(number, 37);
}

TEST(Catalogue, EveryCauseSaysEverything) {
  for (const CauseInfo& cause : catalogue()) {
    for (const std::string_view text : {cause.title, cause.symptom, cause.meaning, cause.seen, cause.fix}) {
      EXPECT_FALSE(text.empty()) << cause.id;
    }
    EXPECT_LE(cause.title.size(), 100u) << cause.id;
  }
}

TEST(Catalogue, FourteenAreMetMost) { EXPECT_EQ(std::ranges::count_if(catalogue(), &CauseInfo::common), 14); }

TEST(Catalogue, ACauseTakesTitleAndFixFromIt) {
  const Cause cause = cause_of("F29", "what was seen", {{7, 1, 3}});
  EXPECT_EQ(cause.id, "F29");
  EXPECT_EQ(cause.title, cause_info("F29").title);
  EXPECT_EQ(cause.fix, cause_info("F29").fix);
  EXPECT_EQ(cause.explanation, "what was seen");
  EXPECT_EQ(cause.places.size(), 1u);
  EXPECT_FALSE(cause.suspected);
}

}  // namespace
}  // namespace testigo::diagnose
