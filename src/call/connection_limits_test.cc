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
  limits.text_bytes_kept = 30;
  const Seen events = seen(unary({.trailers = plus(trailer_fields("2"), "grpc-message", std::string(100, 'm'))}), limits);
  EXPECT_EQ(events.calls.at(0).path.size(), 30u);
  EXPECT_EQ(events.calls.at(0).path.substr(0, 14), "/testigo.g…#");
  EXPECT_EQ(events.calls.at(0).status_message, std::string(30, 'm').append("…"));
}

TEST(Connection, TwoPathsThatDifferBehindWhatIsKeptStayTwo) {
  const std::string same(1500, 'm');
  Conversation c = greeted();
  const auto call = [&](StreamId stream, const std::string& path) {
    c.call({.stream = stream, .request = with(request_fields(), ":path", path)});
  };
  call(1, "/a.B/" + same + "1");
  call(3, "/a.B/" + same + "2");
  call(5, "/a.B/" + same + "1");
  call(7, "/a.B/" + std::string(1019, 'm'));
  const Seen events = seen(c);
  ASSERT_EQ(events.calls.size(), 4u);
  EXPECT_NE(events.calls[0].path, events.calls[1].path);
  EXPECT_EQ(events.calls[0].path, events.calls[2].path);
  EXPECT_EQ(events.calls[0].path.substr(0, 1008), "/a.B/" + same.substr(0, 999) + "…#");
  EXPECT_EQ(events.calls[3].path, "/a.B/" + std::string(1019, 'm'));
}

TEST(Connection, AStatusMessageIsCutBetweenCharacters) {
  Limits limits;
  limits.text_bytes_kept = 10;
  const auto told = [&](const std::string& message) {
    const Seen events = seen(unary({.trailers = plus(trailer_fields("2"), "grpc-message", message)}), limits);
    return events.calls.at(0).status_message;
  };
  EXPECT_EQ(told("123456789%C3%A9"), "123456789…");
  EXPECT_EQ(told("12345678%C3%A9"), "12345678é");
  EXPECT_EQ(told("12345678%C3%A9x"), "12345678é…");
}

TEST(Connection, MediaTypesOfGrpcMayHaveCapitals) {
  const Seen events = seen(unary({.request = with(request_fields(), "content-type", "Application/gRPC"),
                                  .response = with(response_fields(), "content-type", "APPLICATION/GRPC+proto")}));
  EXPECT_EQ(events.calls.at(0).rpc_class, RpcClass::Grpc);
  EXPECT_EQ(events.calls.at(0).response_class, RpcClass::Grpc);
  EXPECT_EQ(events.calls.at(0).response.messages, 1u);
}

TEST(Connection, UnacknowledgedSettingsAreBounded) {
  Conversation c = greeted();
  for (int i = 0; i < 5000; ++i) c.client(settings({{http2::kSettingHeaderTableSize, 100}}));
  EXPECT_EQ(seen(c.call()).calls.size(), 1u);
}

}  // namespace
}  // namespace testigo::call
