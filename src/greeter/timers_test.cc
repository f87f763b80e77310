#include "greeter/timers.h"

#include <gtest/gtest.h>

#include <future>
#include <vector>

namespace testigo::greeter {
namespace {

using namespace std::chrono_literals;

TEST(Timers, CallInTheOrderOfTheirTimes) {
  std::vector<int> called;
  std::promise<void> last;
  Timers timers;
  timers.after(20ms, [&] {
    called.push_back(2);
    last.set_value();
  });
  timers.after(1ms, [&] { called.push_back(1); });
  last.get_future().wait();
  EXPECT_EQ(called, (std::vector<int>{1, 2}));
}

TEST(Timers, FinishBringsForwardWhatIsFarAndWhatComesAfter) {
  std::promise<void> far;
  std::promise<void> farther;
  Timers timers;
  timers.after(24h, [&] { far.set_value(); });
  timers.finish_within(1ms);
  far.get_future().wait();
  timers.after(48h, [&] { farther.set_value(); });
  farther.get_future().wait();
}

TEST(Timers, TheEndCallsWhatIsLeft) {
  int called = 0;
  {
    Timers timers;
    for (int i = 0; i < 3; ++i) timers.after(1h, [&] { ++called; });
  }
  EXPECT_EQ(called, 3);
}

}  // namespace
}  // namespace testigo::greeter
