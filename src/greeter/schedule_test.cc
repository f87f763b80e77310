#include "greeter/schedule.h"

#include <gtest/gtest.h>

namespace testigo::greeter {
namespace {

using namespace std::chrono_literals;

TEST(Schedule, EachCallHasItsPlace) {
  const Schedule schedule{.period = 250ms, .count = {}, .length = {}};
  EXPECT_EQ(schedule.start_of(1), 0ms);
  EXPECT_EQ(schedule.start_of(5), 1s);
  EXPECT_EQ(schedule.start_of(4'000'001), 1'000'000s);
}

TEST(Schedule, EndsWithItsCountOrItsLength) {
  const Schedule counted{.period = 1s, .count = 2, .length = {}};
  EXPECT_EQ(counted.start_of(2), 1s);
  EXPECT_EQ(counted.start_of(3), std::nullopt);
  const Schedule timed{.period = 1s, .count = {}, .length = 10s};
  EXPECT_EQ(timed.start_of(10), 9s);
  EXPECT_EQ(timed.start_of(11), std::nullopt);
}

TEST(Schedule, DoesNotOverflow) {
  const Schedule schedule{.period = Duration::max(), .count = {}, .length = {}};
  EXPECT_EQ(schedule.start_of(1), 0s);
  EXPECT_EQ(schedule.start_of(3), std::nullopt);
  EXPECT_EQ(Schedule{}.start_of(std::numeric_limits<std::uint64_t>::max()), std::nullopt);
}

}  // namespace
}  // namespace testigo::greeter
