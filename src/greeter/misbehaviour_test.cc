#include "greeter/misbehaviour.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace testigo::greeter {
namespace {

using namespace std::chrono_literals;

constexpr auto kNoDeadline = std::chrono::system_clock::time_point::max();

// Keeps what is to happen later, for the test to call.
struct Later {
  std::vector<std::pair<Duration, std::function<void()>>> due;
  Exchange::After after() {
    return [this](Duration delay, std::function<void()> function) { due.emplace_back(delay, std::move(function)); };
  }
};

Identity call(const std::string& client, std::uint64_t number) { return {client, number, {}}; }

// Notes whom each answer names: "client2 7", or "itself".
Misbehaviour::Answer note(std::vector<std::string>& answers) {
  return [&answers](const std::optional<Identity>& as) {
    answers.push_back(as ? as->client + ' ' + std::to_string(as->call) : std::string("itself"));
  };
}

TEST(LiePlan, ReadsModeAndFirstCall) {
  EXPECT_EQ(parse_lie_plan("swap"), (LiePlan{Lie::Swap, 1}));
  EXPECT_EQ(parse_lie_plan("swallow-silently:12"), (LiePlan{Lie::SwallowSilently, 12}));
  for (const char* text : {"", "swop", "swap:", "swap:0", "swap:-1", "swap:1x", "swap:1:2", ":1", "Swap"})
    EXPECT_FALSE(parse_lie_plan(text)) << text;
}

TEST(Misbehaviour, BeginsWithTheCallThatThePlanNames) {
  Later later;
  Misbehaviour misbehaviour({Lie::Twice, 3}, later.after());
  EXPECT_EQ(misbehaviour.next(), Lie::None);
  EXPECT_EQ(misbehaviour.next(), Lie::None);
  EXPECT_EQ(misbehaviour.next(), Lie::Twice);
  EXPECT_EQ(misbehaviour.next(), Lie::Twice);
}

TEST(Misbehaviour, AnswersAsEachLieSays) {
  Later later;
  Misbehaviour misbehaviour({}, later.after());
  std::vector<std::string> answers;
  for (const Lie lie : {Lie::None, Lie::Twice, Lie::WrongName, Lie::Swallow, Lie::SwallowSilently}) {
    misbehaviour.prepare(lie, call("client1", 7), kNoDeadline, note(answers));
  }
  EXPECT_EQ(answers, (std::vector<std::string>{"itself", "itself", "not-client1 7"}));
  EXPECT_TRUE(later.due.empty());
}

TEST(Misbehaviour, SlowIsHalfASecondBehindTheDeadline) {
  Later later;
  Misbehaviour misbehaviour({}, later.after());
  std::vector<std::string> answers;
  misbehaviour.prepare(Lie::Slow, call("client1", 7), std::chrono::system_clock::now() + 1h, note(answers));
  misbehaviour.prepare(Lie::Slow, call("client1", 8), kNoDeadline, note(answers));
  ASSERT_EQ(later.due.size(), 2u);
  EXPECT_GT(later.due[0].first, 59min);
  EXPECT_LE(later.due[0].first, 1h + 500ms);
  EXPECT_EQ(later.due[1].first, 500ms);
  EXPECT_TRUE(answers.empty());
  later.due[0].second();
  EXPECT_EQ(answers, std::vector<std::string>{"itself"});
}

TEST(Misbehaviour, SwapExchangesPairs) {
  Later later;
  Misbehaviour misbehaviour({}, later.after());
  std::vector<std::string> first;
  std::vector<std::string> second;
  misbehaviour.prepare(Lie::Swap, call("client1", 7), kNoDeadline, note(first));
  EXPECT_TRUE(first.empty());
  misbehaviour.prepare(Lie::Swap, call("client2", 3), kNoDeadline, note(second));
  EXPECT_EQ(first, std::vector<std::string>{"client2 3"});
  EXPECT_EQ(second, std::vector<std::string>{"client1 7"});
  later.due.at(0).second();
  EXPECT_EQ(first.size(), 1u) << "answered once";
}

TEST(Misbehaviour, SwapIsHonestWhenNoCallComes) {
  Later later;
  Misbehaviour misbehaviour({}, later.after());
  std::vector<std::string> first;
  std::vector<std::string> second;
  misbehaviour.prepare(Lie::Swap, call("client1", 7), kNoDeadline, note(first));
  ASSERT_EQ(later.due.size(), 1u);
  EXPECT_EQ(later.due[0].first, 2s);
  later.due[0].second();
  EXPECT_EQ(first, std::vector<std::string>{"client1 7"});
  misbehaviour.prepare(Lie::Swap, call("client2", 3), kNoDeadline, note(second));
  EXPECT_TRUE(second.empty()) << "held anew";
  later.due[0].second();
  EXPECT_TRUE(second.empty()) << "the time of another call";
}

}  // namespace
}  // namespace testigo::greeter
