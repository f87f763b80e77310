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
  filter.on_connection_closed({view, {}, {}, false, 0});
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

class FoundLate : public ::testing::Test {
 protected:
  explicit FoundLate(std::size_t waiting_bytes_max = CallFilter::kWaitingBytesMax)
      : filter({.findings = {"CN04"}}, {&heard}, waiting_bytes_max) {}

  void call(call::ConnectionNumber connection, call::StreamId stream) {
    view.number = connection;
    call::Call call;
    call.place = {0, connection, stream};
    filter.on_call({view, call});
  }
  void find(call::ConnectionNumber connection, call::StreamId stream) {
    check::Finding finding;
    finding.check = "CN04";
    finding.spot.place = {0, connection, stream};
    filter.on_finding(finding);
  }
  void close(call::ConnectionNumber connection) {
    view.number = connection;
    filter.on_connection_closed({view, {}, {}, false, 0});
  }

  Heard heard;
  CallFilter filter;
  call::ConnectionView view;
};

TEST_F(FoundLate, WhatIsFoundOfAConnectionAtItsEndShowsItsCalls) {
  call(1, 1);
  call(1, 3);
  find(1, 0);
  EXPECT_EQ(heard.streams, (Streams{}));
  close(1);
  EXPECT_EQ(heard.streams, (Streams{1, 3}));
  EXPECT_EQ(filter.shown(), 2u);
}

TEST_F(FoundLate, CallsAreShownInTheOrderOfTheirEnds) {
  call(1, 1);
  call(2, 3);
  find(2, 3);
  call(3, 5);
  find(3, 0);
  close(3);
  call(1, 7);
  find(1, 7);
  EXPECT_EQ(heard.streams, (Streams{})) << "the first may yet be found";
  close(1);
  EXPECT_EQ(heard.streams, (Streams{3, 5, 7}));
  close(2);
  EXPECT_EQ(filter.shown(), 3u);
  EXPECT_EQ(filter.given_up(), 0u);
}

struct FoundTooLate : FoundLate {
  FoundTooLate() : FoundLate(3000) {}
};

TEST_F(FoundTooLate, SoManyOctetsOfCallsWait) {
  for (call::StreamId stream = 1; stream < 200; stream += 2) call(1, stream);
  find(1, 0);
  close(1);
  EXPECT_GT(filter.given_up(), 90u);
  EXPECT_GT(filter.shown(), 0u);
  EXPECT_EQ(filter.shown() + filter.given_up(), 100u);
}

TEST(CallFilter, RefusesWhatThereIsNot) {
  EXPECT_NO_THROW(check_selection({.statuses = {"OK", "failed", "14", "data_loss"}, .findings = {"cn01"}}));
  EXPECT_THROW(check_selection({.statuses = {"GREAT"}}), UsageError);
  EXPECT_THROW(check_selection({.findings = {"XX99"}}), UsageError);
  EXPECT_NO_THROW(check_selection({.statuses = {"0", "17", "99", "2147483647"}}));
  for (const char* status : {"", "-1", "+1", "014", "1.5", "99x", "2147483648"})
    EXPECT_THROW(check_selection({.statuses = {status}}), UsageError) << status;
  for (const char* peer : {"10.0.0.1", "10.0.0.1:50051", "::1", "[::1]:50051", "fe80::1"})
    EXPECT_NO_THROW(check_selection({.peer = peer})) << peer;
  for (const char* peer :
       {"nonsense", "localhost:1", "10.0.0.1:", "10.0.0.1:99999", "10.0.0.1:x", ":50051", "[::1]", "::0001", "10.0.0.1:050"}) {
    EXPECT_THROW(check_selection({.peer = peer}), UsageError) << peer;
  }
}

}  // namespace
}  // namespace testigo::run
