#include <gtest/gtest.h>

#include "call/model.h"
#include "check/testing/judged.h"

namespace testigo::check {
namespace {

using namespace call::testing;
using namespace testing;
using namespace std::chrono_literals;

// A server that is there, then refuses, at these times after it went, and is there again.
std::string_view redialled(const std::vector<Duration>& times, bool known = true) {
  Judge judge;
  call::Model model(judge);
  tcp::ConnectionNumber number = 0;
  if (known) unary().play(model, 0, ++number);
  for (const Duration time : times) {
    Conversation refused;
    refused.later(time).server_closes(tcp::Closing::Refused);
    refused.play(model, 0, ++number);
  }
  if (known) unary().play(model, 0, ++number);
  model.on_end();
  return outcome_name(judge.tally().counts.at("BH06").outcome());
}

std::vector<Duration> every(Duration period, int times) {
  std::vector<Duration> all;
  for (int i = 0; i < times; ++i) all.push_back(i * period);
  return all;
}

std::vector<Duration> together(std::vector<Duration> one, const std::vector<Duration>& other) {
  one.insert(one.end(), other.begin(), other.end());
  std::ranges::sort(one);
  return one;
}

const std::vector<Duration> kBackoff = {0ms, 1000ms, 2600ms, 5160ms, 9256ms, 15'810ms, 26'295ms};
const std::vector<Duration> kFastest = {0ms, 800ms, 2080ms, 4128ms, 7405ms};

TEST(Bh06, AttemptsBackOff) {
  EXPECT_EQ(redialled(kBackoff), "pass");
  EXPECT_EQ(redialled(kFastest), "pass");
  EXPECT_EQ(redialled(together(kBackoff, kFastest)), "pass") << "two clients of one machine";
  EXPECT_EQ(redialled({0ms}), "not-observed");
}

TEST(Bh06, AttemptsWithoutBackoff) {
  for (const Duration period : {100ms, 500ms, 1000ms}) EXPECT_EQ(redialled(every(period, 200)), "fail") << to_human(period);
}

TEST(Bh06, OfClientsThatNeverSpokeHttp2NothingIsSaid) { EXPECT_EQ(redialled(every(100ms, 200), false), "not-observed"); }

}  // namespace
}  // namespace testigo::check
