#include <gtest/gtest.h>

#include "call/model.h"
#include "check/testing/judged.h"

namespace testigo::check {
namespace {

using namespace call::testing;
using namespace testing;
using namespace std::chrono_literals;

FieldList request(const std::string& id = "7") { return plus(request_fields(), "call-id", id); }
FieldList attempt(int before, const std::string& id = "7") {
  return plus(request(id), "grpc-previous-rpc-attempts", std::to_string(before));
}

struct Failure {
  FieldList trailers = trailers_only_fields("14");
  bool headers_first = false;
};

Conversation& fails(Conversation& c, call::StreamId stream, const FieldList& fields, const Failure& failure = {}) {
  c.client(headers(stream, fields), message(stream, "ping", EndStream::Yes));
  if (!failure.headers_first) return c.server(headers(stream, failure.trailers, EndStream::Yes));
  return c.server(headers(stream, response_fields())).server(headers(stream, trailer_fields("14"), EndStream::Yes));
}

Conversation& succeeds(Conversation& c, call::StreamId stream, const FieldList& fields) {
  return c.call({.stream = stream, .request = fields});
}

std::string outcome_of(const Conversation& c, std::string_view id) { return std::string(outcome(c, id)); }

std::vector<std::string> attempts(const Conversation& c) {
  auto told = of("RT", findings(c));
  const auto more = of("BH07", findings(c));
  told.insert(told.end(), more.begin(), more.end());
  return told;
}

TEST(Rt02, NothingIsAttemptedAgainAfterResponseHeaders) {
  Conversation c = greeted(), clean = greeted();
  succeeds(fails(c, 1, request(), {.headers_first = true}).later(1s), 3, attempt(1));
  EXPECT_EQ(attempts(c), only("RT02 warning"));
  succeeds(fails(clean, 1, request()).later(1s), 3, attempt(1));
  EXPECT_EQ(attempts(clean), nothing());
  EXPECT_EQ(outcome_of(clean, "RT02"), "pass");
}

TEST(Rt02, CallsThatLookAlikeAreNotTakenForOne) {
  Conversation c = greeted();
  fails(c, 1, request(), {.headers_first = true});
  fails(c, 3, request());
  succeeds(c.later(1s), 5, attempt(1));
  EXPECT_EQ(attempts(c), nothing());
  Conversation at_once = greeted();
  at_once.client(headers(1, request()), message(1, "ping", EndStream::Yes), headers(3, request()),
                 message(3, "ping", EndStream::Yes));
  at_once.server(headers(1, response_fields())).server(headers(1, trailer_fields("14"), EndStream::Yes));
  at_once.server(headers(3, trailers_only_fields("14"), EndStream::Yes));
  succeeds(at_once.later(1s), 5, attempt(1));
  EXPECT_EQ(attempts(at_once), nothing()) << "of the first, or of the second";
  Conversation other = greeted();
  succeeds(fails(other, 1, request("7"), {.headers_first = true}).later(1s), 3, attempt(1, "8"));
  EXPECT_EQ(attempts(other), nothing());
  Conversation longer = greeted();
  fails(longer, 1, request(), {.headers_first = true});
  longer.client(headers(3, attempt(1)), message(3, "another ping", EndStream::Yes))
      .server(headers(3, trailers_only_fields("0"), EndStream::Yes));
  EXPECT_EQ(attempts(longer), nothing());
}

// Whose first attempt nobody saw: it went to another server.
TEST(Rt02, AnAttemptMayBeOfACallThatWasNotSeen) {
  Conversation late = greeted();
  fails(late, 1, request(), {.headers_first = true});
  fails(late.later(30s), 3, attempt(1), {.headers_first = true});
  EXPECT_EQ(attempts(late), nothing());
  succeeds(late.later(1s), 5, attempt(2));
  EXPECT_EQ(attempts(late), nothing()) << "of the one, or of the other";

  const FieldList bearer = plus(request_fields(), "authorization", "Bearer t");
  Conversation alike = greeted();
  fails(alike, 1, bearer, {.headers_first = true});
  succeeds(alike.later(1s), 3, plus(bearer, "grpc-previous-rpc-attempts", "1"));
  EXPECT_EQ(attempts(alike), nothing()) << "credentials name no call";

  Conversation first_is_retried = greeted();
  fails(first_is_retried, 1, request());
  fails(first_is_retried, 3, request(), {.headers_first = true});
  succeeds(first_is_retried.later(1s), 5, attempt(1));
  EXPECT_EQ(attempts(first_is_retried), nothing()) << "of the first, or of the second";
}

TEST(Rt02, AttemptsOfACallShareItsDeadline) {
  const auto with_timeouts = [](const std::string& first, const std::string& second) {
    const auto timeout = [](const FieldList& fields, const std::string& value) {
      return value.empty() ? fields : plus(fields, "grpc-timeout", value);
    };
    Conversation c = greeted();
    fails(c, 1, timeout(request(), first), {.headers_first = true});
    succeeds(c.later(1s), 3, timeout(attempt(1), second));
    return attempts(c);
  };
  EXPECT_EQ(with_timeouts("5S", "3996m"), only("RT02 warning"));
  EXPECT_EQ(with_timeouts("5S", "4S"), only("RT02 warning")) << "rounded";
  EXPECT_EQ(with_timeouts("5S", "5S"), nothing());
  EXPECT_EQ(with_timeouts("5S", "3S"), nothing());
  EXPECT_EQ(with_timeouts("5S", ""), nothing());
  EXPECT_EQ(with_timeouts("", "5S"), nothing());
}

TEST(Rt02, WithoutMetadataNothingTellsCallsApart) {
  Conversation c = greeted();
  fails(c, 1, request_fields(), {.headers_first = true});
  succeeds(c.later(1s), 3, plus(request_fields(), "grpc-previous-rpc-attempts", "1"));
  EXPECT_EQ(attempts(c), nothing());
  EXPECT_EQ(outcome_of(c, "RT02"), "not-observed");
}

TEST(Rt02, LongAfterTheFirstCallsToo) {
  Conversation c = greeted();
  call::StreamId stream = 1;
  for (int call = 0; call < 1'500; ++call, stream += 2) succeeds(c, stream, request("clean " + std::to_string(call)));
  fails(c, stream, request("first"));  // from now on there is something to look for
  fails(c, stream + 2, request(), {.headers_first = true});
  succeeds(c.later(1s), stream + 4, attempt(1));
  EXPECT_EQ(attempts(c), only("RT02 warning"));
}

TEST(Rt03, ThePushbackIsHeeded) {
  const auto after = [](const std::string& pushback, Duration delay) {
    Conversation c = greeted();
    fails(c, 1, request(), {.trailers = plus(trailers_only_fields("14"), "grpc-retry-pushback-ms", pushback)});
    succeeds(c.later(delay), 3, attempt(1));
    return attempts(c);
  };
  for (const Duration enough : {5000ms, 4500ms, 9000ms}) EXPECT_EQ(after("5000", enough), nothing()) << to_human(enough);
  EXPECT_EQ(after("5000", 100ms), only("RT03 warning"));
  EXPECT_EQ(after("-1", 100ms), only("RT03 warning"));
  EXPECT_EQ(after("0", 0ms), nothing());
  for (const char* none : {"-1", "5000"}) EXPECT_EQ(after(none, 30s), nothing()) << "it may be of another call";
}

TEST(Rt04, SeveralAttemptsDoNotComeAtOnce) {
  const auto every = [](Duration delay) {
    Conversation c = greeted();
    fails(c, 1, request());
    for (int before = 1; before < 4; ++before) {
      fails(c.later(delay), static_cast<call::StreamId>(2 * before + 1), attempt(before));
    }
    return attempts(c);
  };
  EXPECT_EQ(every(0ms), only("RT04 info"));
  EXPECT_EQ(every(20ms), nothing());
}

Conversation& refused(Conversation& c, call::StreamId stream) {
  return c.client(headers(stream, request()), message(stream, "ping", EndStream::Yes))
      .server(rst_stream(stream, http2::kRefusedStream));
}

TEST(Bh07, ARefusedCallIsSentAgainOnce) {
  Conversation once = greeted(), twice = greeted(), retried = greeted();
  succeeds(refused(once, 1), 3, request());
  EXPECT_EQ(attempts(once), nothing());
  EXPECT_EQ(outcome_of(once, "BH07"), "pass");
  refused(refused(refused(twice, 1), 3), 5);
  EXPECT_EQ(attempts(twice), only("BH07 info"));
  refused(refused(retried, 1), 3);
  succeeds(retried.later(1s), 5, attempt(1));
  EXPECT_EQ(attempts(retried), nothing());
}

TEST(Bh07, AfterGoawayOnANewConnection) {
  Conversation same = greeted();
  same.client(headers(1, request()), message(1, "ping", EndStream::Yes)).server(goaway(0));
  succeeds(same, 3, request());
  EXPECT_EQ(attempts(same), only("BH07 info"));

  for (const bool closes : {true, false}) {  // a server that drains goes on with other calls
    Conversation first = greeted(), second = greeted();
    first.client(headers(1, request()), message(1, "ping", EndStream::Yes)).server(goaway(0));
    if (closes) first.server_closes().client_closes();
    succeeds(second, 1, request());
    Judge judge;
    call::Model model(judge);
    first.play(model, 0, 1);
    second.play(model, 0, 2);
    model.on_end();
    EXPECT_EQ(outcome_name(judge.tally().counts.at("BH07").outcome()), "pass");
  }
}

// It is no new attempt that is told when nothing more is to be expected of it.
TEST(Bh07, ACallThatGoawayLeftOutFailedOnce) {
  Conversation first = greeted(), second = greeted(), third = greeted();
  first.client(headers(1, request()), message(1, "ping", EndStream::Yes)).server(goaway(0)).later(1min).server(ping('p'));
  refused(second.later(1s), 1);
  succeeds(third.later(2min), 1, request());
  Judge judge;
  call::Model model(judge);
  first.play(model, 0, 1);
  second.play(model, 0, 2);
  third.play(model, 0, 3);
  model.on_end();
  EXPECT_EQ(judge.tally().infos, 1u);  // for the 2. time
  EXPECT_EQ(judge.tally().counts.at("BH07").failed, 1u);
}

}  // namespace
}  // namespace testigo::check
