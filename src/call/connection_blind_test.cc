#include "call/connection.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "call/testing/seen.h"

namespace testigo::call {
namespace {

using namespace testing;
using ::testing::ElementsAre;

TEST(Connection, AGapMakesItsDirectionBlind) {
  Conversation c = greeted();
  c.call().client(headers(3, request_fields()), message(3, "seen", EndStream::Yes));
  c.lost(10).server(headers(3, trailers_only_fields("0"), EndStream::Yes)).client(headers(5, request_fields(), EndStream::Yes));
  const Seen events = seen(c);
  ASSERT_EQ(events.calls.size(), 3u);
  EXPECT_EQ(events.calls[0].ending, Ending::Trailers);
  EXPECT_EQ(events.calls[1].ending, Ending::StillOpen);  // closed at the gap
  EXPECT_EQ(events.calls[2].ending, Ending::StillOpen);  // closed when its request ended
  EXPECT_TRUE(events.view.gap_to_client);
  EXPECT_FALSE(events.view.gap_to_server);
  EXPECT_THAT(events.messages, ElementsAre("ping", "pong", "seen"));
}

TEST(Connection, AGapOfTheClientLeavesTheAnswers) {
  Conversation c = greeted();
  c.client(headers(1, request_fields())).lost().client(message(1, "unseen", EndStream::Yes));
  c.server(headers(1, response_fields()), message(1, "pong"), headers(1, trailer_fields(), EndStream::Yes));
  const Call call = only_call(c);
  EXPECT_EQ(call.ending, Ending::Trailers);
  EXPECT_FALSE(call.request.ended);
}

// Memory grows with what is open, also behind a gap: no call waits for what nobody will see.
TEST(Connection, BehindAGapNoCallWaits) {
  Conversation c = greeted();
  c.client(headers(1, request_fields(), EndStream::Yes), headers(3, request_fields(), EndStream::Yes));
  c.lost().server(settings());
  for (StreamId id = 5; id < 100; id += 2) c.client(headers(id, request_fields(), EndStream::Yes));
  Limits limits;
  limits.streams_max = 2;
  EXPECT_EQ(seen(c, limits).calls.size(), 50u);
}

}  // namespace
}  // namespace testigo::call
