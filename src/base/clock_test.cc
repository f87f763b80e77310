#include "base/clock.h"

#include <gtest/gtest.h>

#include <limits>

namespace testigo {
namespace {

using namespace std::chrono_literals;

Time at(std::int64_t nanos) { return Time(Duration(nanos)); }

TEST(Rfc3339, IsWrittenInUtcWithNanoseconds) {
  EXPECT_EQ(to_rfc3339(at(0)), "1970-01-01T00:00:00.000000000Z");
  EXPECT_EQ(to_rfc3339(at(1'767'323'045'000'000'006)), "2026-01-02T03:04:05.000000006Z");
  EXPECT_EQ(to_rfc3339(at(-1)), "1969-12-31T23:59:59.999999999Z");
  EXPECT_EQ(to_rfc3339(at(951'782'400'000'000'000)), "2000-02-29T00:00:00.000000000Z");
}

TEST(Rfc3339, IsWrittenUpToTheEndsOfWhatNanosecondsReach) {
  EXPECT_EQ(to_rfc3339(Time::min()), "1677-09-21T00:12:43.145224192Z");
  EXPECT_EQ(to_rfc3339(Time::max()), "2262-04-11T23:47:16.854775807Z");
}

TEST(Rfc3339, ReadsWhatItWrites) {
  for (const std::int64_t nanos : {0LL, -1LL, 1LL, 1'767'323'045'000'000'006LL, 999'999'999LL, -86'400'000'000'000LL}) {
    EXPECT_EQ(parse_rfc3339(to_rfc3339(at(nanos))), at(nanos)) << nanos;
  }
}

TEST(Rfc3339, ReadsFractionsOfAnyLength) {
  const Time second = at(1'767'323'045'000'000'000);
  EXPECT_EQ(parse_rfc3339("2026-01-02T03:04:05Z"), second);
  EXPECT_EQ(parse_rfc3339("2026-01-02T03:04:05.5Z"), second + 500ms);
  EXPECT_EQ(parse_rfc3339("2026-01-02T03:04:05.000001Z"), second + 1us);
  EXPECT_EQ(parse_rfc3339("2026-01-02T03:04:05.123456789Z"), second + 123456789ns);
}

TEST(Rfc3339, ReadsOffsets) {
  const Time second = at(1'767'323'045'000'000'000);
  EXPECT_EQ(parse_rfc3339("2026-01-02T04:04:05+01:00"), second);
  EXPECT_EQ(parse_rfc3339("2026-01-01T21:34:05-05:30"), second);
  EXPECT_EQ(parse_rfc3339("2026-01-02T03:04:05-00:00"), second);
}

TEST(Rfc3339, ReadsALeapSecondAsTheNextOne) {
  EXPECT_EQ(parse_rfc3339("2016-12-31T23:59:60Z"), parse_rfc3339("2017-01-01T00:00:00Z"));
}

TEST(Rfc3339, RefusesWhatItIsNot) {
  for (const std::string_view text : {"",
                                      "2026",
                                      "2026-01-02",
                                      "2026-01-02T03:04:05",
                                      "2026-01-02 03:04:05Z",
                                      "2026-01-02T03:04:05.Z",
                                      "2026-01-02T03:04:05.1234567890Z",
                                      "2026-13-02T03:04:05Z",
                                      "2026-00-02T03:04:05Z",
                                      "2026-02-29T03:04:05Z",
                                      "2026-01-32T03:04:05Z",
                                      "2026-01-02T24:04:05Z",
                                      "2026-01-02T03:60:05Z",
                                      "2026-01-02T03:04:61Z",
                                      "2026-01-02T03:04:05+24:00",
                                      "2026-01-02T03:04:05+01:60",
                                      "2026-01-02T03:04:05+0100",
                                      "2026-01-02T03:04:05Zx",
                                      "2026-01-02T03:04:05z",
                                      "-026-01-02T03:04:05Z",
                                      "2026-1-02T03:04:05Z",
                                      "+2026-01-02T03:04:05Z",
                                      "9999-01-02T03:04:05Z",
                                      "0000-01-02T03:04:05Z"}) {
    EXPECT_EQ(parse_rfc3339(text), std::nullopt) << text;
  }
}

TEST(Rfc3339, RefusesEveryPartOfItself) {
  const std::string_view whole = "2026-01-02T03:04:05.123+01:00";
  ASSERT_TRUE(parse_rfc3339(whole));
  for (std::size_t size = 0; size < whole.size(); ++size) EXPECT_EQ(parse_rfc3339(whole.substr(0, size)), std::nullopt) << size;
}

TEST(ParseDuration, KnowsItsUnits) {
  EXPECT_EQ(parse_duration("40ns"), 40ns);
  EXPECT_EQ(parse_duration("7us"), 7us);
  EXPECT_EQ(parse_duration("250ms"), 250ms);
  EXPECT_EQ(parse_duration("10s"), 10s);
  EXPECT_EQ(parse_duration("5m"), 5min);
  EXPECT_EQ(parse_duration("2h"), 2h);
  EXPECT_EQ(parse_duration("0s"), 0s);
}

TEST(ParseDuration, TakesFractions) {
  EXPECT_EQ(parse_duration("1.5s"), 1500ms);
  EXPECT_EQ(parse_duration("0.25ms"), 250us);
  EXPECT_EQ(parse_duration("0.1s"), 100ms);
  EXPECT_EQ(parse_duration("1.5m"), 90s);
}

TEST(ParseDuration, RefusesWhatItIsNot) {
  for (const std::string_view text :
       {"",      "10",  "s",     "ten",  "10 s",  " 10s",          "10s ",     "-1s",
        "-0s",   "+1s", "1e3s",  "nans", "infs",  "inf",           "nan",      "1d",
        "10sec", "10S", "1m30s", "1,5s", "0x10s", "300000000000s", "2562048h", "99999999999999999999999999ns"}) {
    EXPECT_EQ(parse_duration(text), std::nullopt) << text;
  }
}

TEST(ParseDuration, TakesTheLongestThatFits) { EXPECT_EQ(parse_duration("2562047h"), 2562047h); }

TEST(ToHuman, ShowsThreeDigits) {
  EXPECT_EQ(to_human(0ns), "0 ns");
  EXPECT_EQ(to_human(999ns), "999 ns");
  EXPECT_EQ(to_human(1us), "1 µs");
  EXPECT_EQ(to_human(412us), "412 µs");
  EXPECT_EQ(to_human(1250ms), "1.25 s");
  EXPECT_EQ(to_human(12'345us), "12.3 ms");
  EXPECT_EQ(to_human(59'900ms), "59.9 s");
}

TEST(ToHuman, TakesTheNextUnitWhereRoundingReachesIt) {
  EXPECT_EQ(to_human(999'499ns), "999 µs");
  EXPECT_EQ(to_human(999'500ns), "1 ms");
  EXPECT_EQ(to_human(999'600ns), "1 ms");
  EXPECT_EQ(to_human(999'999'999ns), "1 s");
  EXPECT_EQ(to_human(59'960ms), "1m 0s");
}

TEST(ToHuman, ShowsMinutesAndSeconds) {
  EXPECT_EQ(to_human(60s), "1m 0s");
  EXPECT_EQ(to_human(200s), "3m 20s");
  EXPECT_EQ(to_human(119'600ms), "2m 0s");
  EXPECT_EQ(to_human(2h), "120m 0s");
}

TEST(ToHuman, ShowsWhatIsNegative) {
  EXPECT_EQ(to_human(-412us), "-412 µs");
  EXPECT_EQ(to_human(-65s), "-1m 5s");
  EXPECT_EQ(to_human(Duration::min()), "-153722867m 17s");
}

TEST(ToTimeOfDay, ShowsMilliseconds) { EXPECT_EQ(to_time_of_day(at(1'767'323'045'006'999'999)), "03:04:05.006"); }

TEST(SystemClock, NeverGoesBack) {
  const SystemClock clock;
  const Duration before = clock.monotonic();
  EXPECT_LE(before, clock.monotonic());
  EXPECT_GT(clock.now(), *parse_rfc3339("2020-01-01T00:00:00Z"));
}

}  // namespace
}  // namespace testigo
