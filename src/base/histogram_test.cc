#include "base/histogram.h"

#include <gtest/gtest.h>

#include <random>

namespace testigo {
namespace {

using namespace std::chrono_literals;

TEST(Histogram, IsEmptyAtFirst) {
  const Histogram histogram;
  EXPECT_EQ(histogram.count(), 0u);
  EXPECT_EQ(histogram.percentile(50), 0ns);
}

TEST(Histogram, IsExactWhereValuesAreFew) {
  Histogram histogram;
  for (const Duration value : {3ns, 1ns, 2ns, 15ns}) histogram.add(value);
  EXPECT_EQ(histogram.percentile(25), 1ns);
  EXPECT_EQ(histogram.percentile(50), 2ns);
  EXPECT_EQ(histogram.percentile(75), 3ns);
  EXPECT_EQ(histogram.percentile(100), 15ns);
  histogram.add(-7ns);
  EXPECT_EQ(histogram.percentile(1), 0ns);
}

TEST(Histogram, TellsPercentilesWithinASixteenthAndNeverTooLow) {
  std::mt19937_64 random(3);
  Histogram histogram;
  std::vector<Duration> values;
  for (int i = 0; i < 20'000; ++i) {
    values.emplace_back(static_cast<Duration::rep>(random() >> (1 + random() % 62)));
    histogram.add(values.back());
  }
  std::ranges::sort(values);
  EXPECT_EQ(histogram.max(), values.back());
  for (const double percent : {0.1, 1.0, 10.0, 50.0, 90.0, 99.0, 99.9, 100.0}) {
    const auto rank = static_cast<std::size_t>(std::ceil(percent / 100 * static_cast<double>(values.size())));
    const double exact = static_cast<double>(values[rank - 1].count());
    const double told = static_cast<double>(histogram.percentile(percent).count());
    EXPECT_GE(told, exact) << percent;
    EXPECT_LE(told, exact * (1 + 1.0 / 16)) << percent;
  }
}

}  // namespace
}  // namespace testigo
