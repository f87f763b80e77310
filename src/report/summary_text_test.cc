#include "report/summary_text.h"

#include <gtest/gtest.h>

namespace testigo::report {
namespace {

using namespace std::chrono_literals;

TEST(SummaryText, HasALineAMethodAndOneOfWhatFailed) {
  verdict::MethodSummary method;
  method.method = "/a.B/C";
  method.calls = 3;
  method.ok = 2;
  method.failed = {{"UNAVAILABLE", 1}};
  for (const Duration latency : {15ns, 15ns, 15ns}) method.latency.add(latency);
  EXPECT_EQ(summary_text({1, {method}}, {}),
            "       calls        OK  failed      p50      p90      p99      max  method\n"
            "           3         2       1    15 ns    15 ns    15 ns    15 ns  /a.B/C\n"
            "                      1 × UNAVAILABLE\n\n");
  EXPECT_EQ(summary_text({}, {}), "");
}

TEST(SummaryText, SaysHowManyMethodsItLeavesOut) {
  const verdict::CallSummary summary{1, std::vector<verdict::MethodSummary>(23)};
  EXPECT_NE(summary_text(summary, {}).find("… and 3 methods more"), std::string::npos);
}

}  // namespace
}  // namespace testigo::report
