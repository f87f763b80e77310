#include "show/event_hub.h"

#include <gtest/gtest.h>

#include <thread>

namespace testigo::show {
namespace {

using namespace std::chrono_literals;

TEST(EventHub, TellsEverybodyTheSame) {
  EventHub hub;
  hub.publish("before", "nobody listened");
  std::uint64_t one = hub.now(), two = hub.now();
  hub.publish("calls", "1");
  hub.publish("flow", "2");
  const std::string both = "event: calls\ndata: 1\n\nevent: flow\ndata: 2\n\n";
  EXPECT_EQ(hub.take(one, 0ms), both);
  EXPECT_EQ(hub.take(two, 0ms), both);
  EXPECT_EQ(hub.take(one, 0ms), "");
  hub.close();
  EXPECT_EQ(hub.take(one, 0ms), std::nullopt);
}

TEST(EventHub, WhoeverIsSlowMissesTheOldest) {
  EventHub hub(100);
  std::uint64_t next = hub.now();
  for (int i = 0; i < 100; ++i) hub.publish("calls", std::to_string(i));
  const auto text = hub.take(next, 0ms);
  ASSERT_TRUE(text);
  EXPECT_EQ(text->find("event: missed\ndata: "), 0u);
  EXPECT_NE(text->find("data: 99\n"), std::string::npos);
  EXPECT_LT(text->size(), 200u);
  EXPECT_EQ(hub.take(next, 0ms), "");
}

TEST(EventHub, TellsWhatIsLeftBeforeItsEnd) {
  EventHub hub;
  std::uint64_t next = hub.now();
  hub.publish("end", "{}");
  hub.close();
  hub.publish("calls", "after the end");
  EXPECT_EQ(hub.take(next, 0ms), "event: end\ndata: {}\n\n");
  EXPECT_EQ(hub.take(next, 0ms), std::nullopt);
}

TEST(EventHub, WakesWhoeverWaits) {
  EventHub hub;
  std::uint64_t next = hub.now();
  std::thread publisher([&] { hub.publish("calls", "1"); });
  EXPECT_EQ(hub.take(next, 60s), "event: calls\ndata: 1\n\n");
  publisher.join();
}

}  // namespace
}  // namespace testigo::show
