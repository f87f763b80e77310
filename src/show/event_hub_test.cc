#include "show/event_hub.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

namespace testigo::show {
namespace {

TEST(EventHub, TellsEverybodyTheSame) {
  EventHub hub;
  hub.publish("before", "nobody listened");
  std::uint64_t one = hub.now(), two = hub.now();
  hub.publish("calls", "1");
  hub.publish("flow", "2");
  const std::string both = "event: calls\ndata: 1\n\nevent: flow\ndata: 2\n\n";
  EXPECT_EQ(hub.take(one), both);
  EXPECT_EQ(hub.take(two), both);
  EXPECT_EQ(hub.take(one), "");
  hub.close();
  EXPECT_EQ(hub.take(one), std::nullopt);
}

TEST(EventHub, WhoeverIsSlowMissesTheOldest) {
  EventHub hub(100);
  std::uint64_t next = hub.now();
  for (int i = 0; i < 100; ++i) hub.publish("calls", std::to_string(i));
  const auto text = hub.take(next);
  ASSERT_TRUE(text);
  EXPECT_EQ(text->find("event: missed\ndata: "), 0u);
  EXPECT_NE(text->find("data: 99\n"), std::string::npos);
  EXPECT_LT(text->size(), 200u);
  EXPECT_EQ(hub.take(next), "");
}

TEST(EventHub, TellsWhatIsLeftBeforeItsEnd) {
  EventHub hub;
  std::uint64_t next = hub.now();
  hub.publish("end", "{}");
  hub.close();
  hub.publish("calls", "after the end");
  EXPECT_EQ(hub.take(next), "event: end\ndata: {}\n\n");
  EXPECT_EQ(hub.take(next), std::nullopt);
}

TEST(EventHub, WakesWhenThereIsSomethingToTake) {
  EventHub hub;
  std::uint64_t next = hub.now();
  std::atomic<int> woken = 0;
  hub.on_news([&] { woken = woken + 1; });
  std::thread([&] { hub.publish("calls", "1"); }).join();
  EXPECT_EQ(woken, 1);
  EXPECT_EQ(hub.take(next), "event: calls\ndata: 1\n\n");
  hub.close();
  EXPECT_EQ(woken, 2);
  hub.publish("calls", "after the end");
  EXPECT_EQ(woken, 2);
  hub.on_news({});
  hub.close();
  EXPECT_EQ(woken, 2) << "nobody is woken who does not want it any more";
}

}  // namespace
}  // namespace testigo::show
