#include "report/page_bounds.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace testigo::report {
namespace {

constexpr std::size_t kRoom = 24'000'000;
constexpr std::size_t kCalls = 1000;

PageBounds lowered(const PageSizes& sizes, std::size_t too_many, PageBounds bounds = {}) {
  EXPECT_TRUE(lower(bounds, sizes, kCalls, kRoom, too_many));
  return bounds;
}

TEST(PageBounds, WhatTakesMoreThanItsOwnGoesFirst) {
  EXPECT_EQ(lowered({.names = 4'000'000, .calls = 9'000'000, .details = 11'500'000}, 500'000), PageBounds{.name_octets = 256});
  EXPECT_EQ(lowered({.details = 11'000'000, .findings = 13'000'000}, 1), PageBounds{.findings = 1250});
  EXPECT_EQ(lowered({.details = 11'000'000, .report = 13'000'000}, 1), PageBounds{.report_items = 256});
  EXPECT_EQ(lowered({.calls = 11'000'000, .details = 13'000'000}, 1), (PageBounds{.details = 125, .details_of_others = 12}));
}

TEST(PageBounds, DetailsGoBeforeCallsWhereThatHelps) {
  const PageSizes sizes{.calls = 20'000'000, .details = 5'000'000};
  EXPECT_EQ(lowered(sizes, 1'000'000), (PageBounds{.details = 125, .details_of_others = 12}));
  EXPECT_EQ(lowered(sizes, 11'000'000), PageBounds{.calls = kCalls / 2});
  const PageBounds few{.details = 8};
  EXPECT_EQ(lowered(sizes, 1'000'000, few), (PageBounds{.calls = kCalls / 2, .details = 8}));
}

TEST(PageBounds, TheLargestGoesWhereNeitherHelps) {
  EXPECT_EQ(lowered({.calls = 100, .details = 100, .findings = 900'000}, 1'000'000), PageBounds{.findings = 1250});
}

TEST(PageBounds, InTheEndNothingMoreCanGo) {
  PageBounds bounds;
  const PageSizes sizes{1, 1, 1, 1, 1};
  std::size_t times = 0;
  for (; lower(bounds, sizes, bounds.calls, 0, 1'000'000); ++times) ASSERT_LT(times, 100u);
  EXPECT_EQ(bounds, (PageBounds{0, 0, 0, 0, 16, 0}));
}

TEST(PageBounds, SizesAreThoseOfTheFile) {
  const auto document = nlohmann::ordered_json::parse(
      R"({"clients":["<"],"servers":[],"processes":[],"methods":[],"calls":{},"details":[1],"findings":[],"report":{"a":1}})");
  const PageSizes sizes = sizes_of(document);
  EXPECT_EQ(sizes.names, 16u) << "an escape takes six";
  EXPECT_EQ(sizes.details, 3u);
  EXPECT_EQ(sizes.report, 7u);
}

}  // namespace
}  // namespace testigo::report
