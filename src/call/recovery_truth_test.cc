// Zero wrong values, whatever packets are lost (yardstick "Truth"): traffic of known content, packets taken away in turn.
#include <gtest/gtest.h>

#include <cstdio>

#include "call/testing/recorded_traffic.h"

namespace testigo::call {
namespace {

using namespace testing;

class RecoveryTruth : public ::testing::TestWithParam<Habits> {};

std::vector<StreamId> opened_behind(const RecordedTraffic& traffic, std::size_t packet) {
  std::vector<StreamId> streams;
  for (std::size_t i = packet + 1; i < traffic.packets().size(); ++i) {
    const auto& opens = traffic.packets()[i].opens;
    streams.insert(streams.end(), opens.begin(), opens.end());
  }
  return streams;
}

void expect_nothing_wrong(const TruthSink& sink, const std::string& what) {
  EXPECT_TRUE(sink.wrong.empty()) << what << ": " << sink.wrong.size() << " wrong, first " << sink.wrong.front();
}

// Every so-many-th position, so that the test takes seconds.
std::size_t positions(const Habits& habits) { return habits.forges ? 700 : 60; }

TEST_P(RecoveryTruth, OnePacketLost) {
  const RecordedTraffic traffic(GetParam(), 1);
  const std::size_t step = std::max<std::size_t>(1, traffic.packets().size() / positions(GetParam())) | 1;
  std::size_t later = 0, told = 0, named = 0, inferred = 0, withdrawn = 0;
  for (std::size_t lost = 0; lost < traffic.packets().size(); lost += step) {
    TruthSink sink(traffic);
    traffic.play(sink, {lost});
    expect_nothing_wrong(sink, "without packet " + std::to_string(lost));
    for (const StreamId stream : opened_behind(traffic, lost)) {
      ++later;
      told += sink.told.contains(stream) ? 1 : 0;
      named += sink.named.contains(stream) ? 1 : 0;
    }
    inferred += sink.inferred;
    withdrawn += sink.withdrawn;
  }
  const auto percent = [&](std::size_t part) { return 100.0 * static_cast<double>(part) / static_cast<double>(later); };
  std::printf("%s: of %zu later calls %.1f %% are told, %.1f %% named; %zu inferred, %zu withdrawals\n", GetParam().name.c_str(),
              later, percent(told), percent(named), inferred, withdrawn);
  if (!GetParam().breaks_rules && !GetParam().tunnel && !GetParam().bidi) {
    EXPECT_GE(percent(named), 95.0);
  }
}

TEST_P(RecoveryTruth, TheFirstPacketsLost) {
  Habits habits = GetParam();
  const RecordedTraffic traffic(habits, 2);
  std::size_t named = 0, told = 0;
  std::set<std::size_t> without;
  const std::size_t step = std::max<std::size_t>(1, traffic.packets().size() / 40);
  for (std::size_t first = 0; first < traffic.packets().size(); ++first) {
    without.insert(first);
    if (first % step != 0) continue;
    TruthSink sink(traffic);
    traffic.play(sink, without, true);
    expect_nothing_wrong(sink, "without the first " + std::to_string(first + 1));
    named += sink.named.size();
    told += sink.told.size();
  }
  std::printf("%s, late: %zu calls told, %zu named\n", habits.name.c_str(), told, named);
}

TEST_P(RecoveryTruth, TwoGaps) {
  const RecordedTraffic traffic(GetParam(), 3);
  std::mt19937 random(4);
  for (int run = 0; run < 40; ++run) {
    std::set<std::size_t> without{random() % traffic.packets().size()};
    const std::size_t second = run % 2 == 0 ? random() % traffic.packets().size() : *without.begin() + random() % 30;
    const std::size_t burst = run % 5 == 0 ? 10 : 1;
    for (std::size_t i = 0; i < burst; ++i) without.insert(second + i);
    TruthSink sink(traffic);
    traffic.play(sink, without);
    expect_nothing_wrong(sink, "run " + std::to_string(run) + ", without " + std::to_string(*without.begin()) + " and others");
  }
}

const Habits kHabits[] = {
    {.name = "Indexed"},
    {.name = "IndexedNghttp2", .nghttp2 = true, .at_once = 4},
    {.name = "Literals", .literals = true},
    {.name = "LiteralsNghttp2", .nghttp2 = true, .literals = true, .at_once = 3},
    {.name = "Metadata", .metadata = true, .at_once = 2},
    {.name = "MetadataNghttp2", .nghttp2 = true, .metadata = true},
    {.name = "BreaksRules", .literals = true, .breaks_rules = true},
    {.name = "BreaksRulesNghttp2", .nghttp2 = true, .metadata = true, .breaks_rules = true, .at_once = 4},
    {.name = "Bidi", .bidi = true, .calls = 500},
    {.name = "BidiAnew", .bidi = true, .anew = true, .calls = 500},
    {.name = "BidiForges", .bidi = true, .anew = true, .forges = true, .calls = 500},
    {.name = "BidiForgesNghttp2", .nghttp2 = true, .bidi = true, .anew = true, .forges = true, .calls = 500, .at_once = 2},
    {.name = "Tunnel", .tunnel = true, .at_once = 2},
    {.name = "TunnelNghttp2", .nghttp2 = true, .tunnel = true},
};

INSTANTIATE_TEST_SUITE_P(Traffic, RecoveryTruth, ::testing::ValuesIn(kHabits), [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace testigo::call
