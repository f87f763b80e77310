#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "check/testing/judged.h"

namespace testigo::check {
namespace {

using namespace call::testing;
using namespace testing;
using namespace std::chrono_literals;

using call::StreamId;

// All within a second.
Conversation many(int count, const std::function<void(Conversation&, StreamId)>& one) {
  Conversation c = greeted();
  c.client(headers(1, request_fields())).server(headers(1, response_fields()));
  for (int i = 0; i < count; ++i) {
    one(c, static_cast<StreamId>(2 * i + 3));
    if (i % 2 == 1) c.later(-2ms);
  }
  return c;
}

void cancelled(Conversation& c, StreamId id) { c.client(headers(id, request_fields()), rst_stream(id)); }

TEST(St09, AFloodOfResets) {
  EXPECT_EQ(findings(many(1000, cancelled)), nothing());
  EXPECT_EQ(findings(many(1500, cancelled)), only("ST09 warning"));
  // Slowly they are none: 20 a second.
  Conversation slowly = greeted();
  for (StreamId id = 1; id < 3000; id += 2) slowly.later(50ms).client(headers(id, request_fields()), rst_stream(id));
  EXPECT_EQ(findings(slowly), nothing());
}

// gRPC over HTTP2, Early Server Closure.
TEST(St09, ResetsBehindAnEarlyAnswerAreDemanded) {
  const auto early = [](std::uint32_t code) {
    return many(1500, [code](Conversation& c, StreamId id) {
      c.client(headers(id, request_fields()))
          .server(headers(id, trailers_only_fields("5"), EndStream::Yes))
          .client(rst_stream(id, code));
    });
  };
  EXPECT_EQ(of("ST09", findings(early(http2::kNoError))), nothing());
  EXPECT_EQ(of("ST09", findings(early(http2::kCancel))), only("ST09 warning"));
}

TEST(St09, AFloodOfEmptyData) {
  EXPECT_EQ(findings(many(1500, [](Conversation& c, StreamId) { c.client(data(1, "")); })), only("ST09 warning"));
  EXPECT_EQ(findings(many(1500, [](Conversation& c, StreamId) { c.server(data(1, "")); })), only("ST09 warning"));
  EXPECT_EQ(findings(many(1500, [](Conversation& c, StreamId) { c.server(data(1, "x")); })), nothing());
}

TEST(St09, AFloodOfSettingsAndPings) {
  const auto asked = [](Conversation& c, StreamId) { c.client(settings(), ping('p')).server(settings_ack(), ping_ack('p')); };
  EXPECT_EQ(of("ST", findings(many(900, asked))), nothing());              // BH01 judges the PINGs, too
  EXPECT_EQ(of("ST", findings(many(1500, asked))), only("ST09 warning"));  // the SETTINGS
  const auto pinged = [](Conversation& c, StreamId) { c.client(ping('p')); };
  EXPECT_EQ(of("ST", findings(many(1000, pinged))), nothing());
  EXPECT_EQ(of("ST", findings(many(1500, pinged))), only("ST09 warning"));
}

// So grpc-go does it while DATA flows.
TEST(St09, PingsThatAreAnsweredAreNone) {
  const auto measured = [](Conversation& c, StreamId) { c.server(data(1, "x"), ping('p')).client(ping_ack('p')); };
  EXPECT_EQ(findings(many(1500, measured)), nothing());
}

TEST(St09, ARunOfContinuations) {
  const auto in_pieces = [](int count) {
    Conversation c = greeted();
    c.client(headers_begun(1, request_fields()));
    for (int i = 0; i < count - 1; ++i) c.client(frame(http2::FrameType::Continuation, 0, 1, ""));
    return c.client(frame(http2::FrameType::Continuation, http2::kFlagEndHeaders, 1, ""));
  };
  EXPECT_EQ(findings(in_pieces(8)), nothing());
  EXPECT_EQ(findings(in_pieces(9)), only("ST09 warning"));
}

}  // namespace
}  // namespace testigo::check
