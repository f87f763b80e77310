#include "call/connection.h"

#include <gtest/gtest.h>

#include "call/testing/seen.h"

namespace testigo::call {
namespace {

using namespace testing;

// A flood of GOAWAY over many open streams must not visit each stream for each of them: this would take minutes.
TEST(Connection, AFloodOfGoawayIsCheap) {
  Conversation c = greeted();
  constexpr StreamId kStreams = 20'000;
  for (StreamId i = 0; i < kStreams; ++i)
    c.client(headers(2 * i + 1, request_fields())).server(headers(2 * i + 1, response_fields()));
  for (StreamId i = 0; i < kStreams; ++i) c.server(goaway(2 * (kStreams - i)));
  EXPECT_EQ(seen(c).calls.size(), kStreams);
}

TEST(Connection, ABlockOverTheLimitIsLost) {
  Limits limits;
  limits.block_bytes_max = 1000;
  Conversation c = greeted();
  c.client(headers_in_pieces(1, plus(request_fields(), "x-long", std::string(2000, '\x01')), EndStream::Yes));
  EXPECT_EQ(seen(c).calls.size(), 1u);
  EXPECT_EQ(seen(c, limits).calls.size(), 0u);
  EXPECT_EQ(seen(c, limits).view.calls_not_followed, 1u);
}

TEST(Connection, StreamsOverTheLimitAreCounted) {
  Conversation c = greeted();
  for (const StreamId id : {1u, 3u, 5u}) c.client(headers(id, request_fields()));
  Limits limits;
  limits.streams_max = 2;
  const Seen events = seen(c, limits);
  EXPECT_EQ(events.calls.size(), 2u);
  EXPECT_EQ(events.view.calls_not_followed, 1u);
}

TEST(Connection, TextsAreBounded) {
  Limits limits;
  limits.text_bytes_kept = 10;
  const Seen events = seen(unary({.trailers = plus(trailer_fields("2"), "grpc-message", std::string(100, 'm'))}), limits);
  EXPECT_EQ(events.calls.at(0).path.size(), 10u);
  EXPECT_EQ(events.calls.at(0).status_message.size(), 10u);
}

TEST(Connection, UnacknowledgedSettingsAreBounded) {
  Conversation c = greeted();
  for (int i = 0; i < 5000; ++i) c.client(settings({{http2::kSettingHeaderTableSize, 100}}));
  EXPECT_EQ(seen(c.call()).calls.size(), 1u);
}

}  // namespace
}  // namespace testigo::call
