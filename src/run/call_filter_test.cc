#include "run/call_filter.h"

#include <gtest/gtest.h>

#include "base/usage_error.h"

namespace testigo::run {
namespace {

using namespace std::chrono_literals;

struct Heard final : call::Sink {
  void on_call(const call::CallClosed& closed) override { streams.push_back(closed.call.place.stream); }
  std::vector<call::StreamId> streams;
};

// Streams of what a selection shows of three calls: 1, OK in 1 ms; 3, UNAVAILABLE in 1 s; 5, without a status.
std::vector<call::StreamId> shown(const CallSelection& selection, const std::vector<check::Finding>& findings = {}) {
  Heard heard;
  CallFilter filter(selection, {&heard});
  call::ConnectionView view;
  view.number = 1;
  view.client = {"10.0.0.1", 40'000};
  view.server = {"::1", 50'051};
  for (const check::Finding& finding : findings) filter.on_finding(finding);
  for (const call::StreamId stream : {1, 3, 5}) {
    call::Call call;
    call.place = {0, 1, stream};
    call.path = stream == 5 ? "/other/D" : "/a.B/C";
    if (stream != 5) call.status = stream == 1 ? 0 : 14;
    call.ended = call.started + (stream == 3 ? 1s : 1ms);
    filter.on_call({view, call});
  }
  EXPECT_EQ(filter.seen(), 3u);
  EXPECT_EQ(filter.shown(), heard.streams.size());
  return heard.streams;
}

using Streams = std::vector<call::StreamId>;

TEST(CallFilter, ShowsWhatFitsAllThatIsAsked) {
  EXPECT_EQ(shown({}), (Streams{1, 3, 5}));
  EXPECT_EQ(shown({.method = "a.B"}), (Streams{1, 3}));
  EXPECT_EQ(shown({.statuses = {"ok"}}), (Streams{1}));
  EXPECT_EQ(shown({.statuses = {"0", "unavailable"}}), (Streams{1, 3}));
  EXPECT_EQ(shown({.statuses = {"failed"}}), (Streams{3, 5}));
  EXPECT_EQ(shown({.peer = "10.0.0.1"}), (Streams{1, 3, 5}));
  EXPECT_EQ(shown({.peer = "[::1]:50051"}), (Streams{1, 3, 5}));
  EXPECT_EQ(shown({.peer = "10.0.0.1:1"}), (Streams{}));
  EXPECT_EQ(shown({.min_latency = 1s}), (Streams{3}));
  EXPECT_EQ(shown({.method = "a.B", .min_latency = 1s}), (Streams{3}));
  EXPECT_EQ(shown({.method = "/other", .min_latency = 1s}), (Streams{}));
}

TEST(CallFilter, KnowsOfAConnectionWithoutCallsItsPeerAlone) {
  call::ConnectionView view;
  view.server = {"::1", 443};
  EXPECT_TRUE(fits_unseen({}, view));
  EXPECT_TRUE(fits_unseen({.peer = "[::1]:443"}, view));
  EXPECT_FALSE(fits_unseen({.peer = "::2"}, view));
  EXPECT_FALSE(fits_unseen({.statuses = {"failed"}, .peer = "::1"}, view));
}

TEST(CallFilter, ShowsCallsOfWhichACheckFoundSomething) {
  check::Finding finding;
  finding.check = "RQ04";
  finding.spot.place = {0, 1, 3};
  EXPECT_EQ(shown({.findings = {"rq04"}}, {finding}), (Streams{3}));
  EXPECT_EQ(shown({.findings = {"RQ05"}}, {finding}), (Streams{}));
  finding.spot.place.stream = 0;
  EXPECT_EQ(shown({.findings = {"RQ04"}}, {finding}), (Streams{1, 3, 5})) << "of the connection";
  finding.spot.place.connection = 2;
  EXPECT_EQ(shown({.findings = {"RQ04"}}, {finding}), (Streams{}));
}

TEST(CallFilter, RefusesWhatThereIsNot) {
  EXPECT_NO_THROW(check_selection({.statuses = {"OK", "failed", "14", "data_loss"}, .findings = {"cn01"}}));
  EXPECT_THROW(check_selection({.statuses = {"GREAT"}}), UsageError);
  EXPECT_THROW(check_selection({.findings = {"XX99"}}), UsageError);
}

}  // namespace
}  // namespace testigo::run
