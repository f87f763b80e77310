#include "verdict/call_summary.h"

#include <gtest/gtest.h>

namespace testigo::verdict {
namespace {

using namespace std::chrono_literals;

class CallSummaryTest : public ::testing::Test {
 protected:
  void call(const std::string& path, std::optional<int> status, Duration latency, bool known = true) {
    call::Call call;
    call.path = path;
    call.path_known = known ? http2::Known::Exact : http2::Known::Unknown;
    call.status = status;
    call.ending = status ? call::Ending::Trailers : call::Ending::ResetByClient;
    call.error_code = http2::kCancel;
    call.ended = call.started + latency;
    witness.on_call({view, call});
  }

  Limits limits{.methods_summed_max = 3};
  CallSummaryWitness witness{limits};
  call::ConnectionView view;
};

TEST_F(CallSummaryTest, CountsMethodByMethod) {
  for (int i = 0; i < 99; ++i) call("/a.B/C", 0, 1ms);
  call("/a.B/C", 14, 1s);
  call("/a.B/D", std::nullopt, 5ms);
  call("/a.B/D", 0, 5ms);
  call("", 0, 1ms, false);
  view.calls = 1;
  witness.on_connection_closed({view, {}, {}, false, 0});
  view.calls = 0;
  witness.on_connection_closed({view, {}, {}, false, 0});
  const CallSummary summary = witness.summary();
  EXPECT_EQ(summary.connections, 1u);
  ASSERT_EQ(summary.methods.size(), 3u);
  EXPECT_EQ(summary.methods[0].method, "/a.B/C");
  EXPECT_EQ(summary.methods[0].calls, 100u);
  EXPECT_EQ(summary.methods[0].ok, 99u);
  EXPECT_EQ(summary.methods[0].failed, (std::map<std::string, std::uint64_t>{{"UNAVAILABLE", 1}}));
  EXPECT_LT(summary.methods[0].latency.percentile(99), 1100us);
  EXPECT_EQ(summary.methods[0].latency.max(), 1s);
  EXPECT_EQ(summary.methods[1].method, "/a.B/D");
  EXPECT_EQ(summary.methods[1].failed, (std::map<std::string, std::uint64_t>{{"reset by client (CANCEL)", 1}}));
  EXPECT_EQ(summary.methods[2].method, "(unknown method)");
}

TEST_F(CallSummaryTest, CountsMethodsBeyondTheLimitTogetherAndKeepsThemInert) {
  for (const char* path : {"/a/1", "/a/\x1b[2J", "/a/3", "/a/4", "/a/5", "/a/1"}) call(path, 0, 1ms);
  const CallSummary summary = witness.summary();
  ASSERT_EQ(summary.methods.size(), 4u);
  EXPECT_EQ(summary.methods[0].calls, 2u);
  std::map<std::string, std::uint64_t> calls;
  for (const MethodSummary& method : summary.methods) calls[method.method] = method.calls;
  EXPECT_EQ(calls, (std::map<std::string, std::uint64_t>{{"/a/1", 2}, {"/a/\\x1b[2J", 1}, {"/a/3", 1}, {"(other methods)", 2}}));
}

}  // namespace
}  // namespace testigo::verdict
