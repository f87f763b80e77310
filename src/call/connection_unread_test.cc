#include "call/connection.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "call/testing/seen.h"

namespace testigo::call {
namespace {

using namespace testing;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(Connection, AnInterruptedBlockIsLostWithItsCall) {
  Conversation c = greeted();
  c.client(headers_begun(1, request_fields(), EndStream::Yes), ping('p'))
      .server(headers(1, trailers_only_fields(), EndStream::Yes));
  const Seen events = seen(c);
  EXPECT_THAT(events.calls, IsEmpty());
  EXPECT_THAT(events.roles, ElementsAre(BlockRole::Unknown));
  EXPECT_EQ(events.view.calls_not_followed, 1u);
}

TEST(Connection, LostTrailersEndTheCallAllTheSame) {
  for (const Part& trailers :
       {frame(http2::FrameType::Headers, 0x0d, 1, "\xff"), headers_begun(1, trailer_fields(), EndStream::Yes)}) {
    const Call call = only_call(asked().server(headers(1, response_fields()), message(1, "x")).server(trailers, ping('p')));
    EXPECT_EQ(call.ending, Ending::Trailers);
    EXPECT_FALSE(call.status);
  }
}

TEST(Connection, DataThatCannotBeReadEndsTheMessages) {
  Conversation c = greeted();
  c.client(headers(1, request_fields()), message(1, "a"), frame(http2::FrameType::Data, 0x08, 1, "\xff"),
           message(1, "b", EndStream::Yes));
  const Call call = only_call(c);
  EXPECT_EQ(call.request.messages, 1u);
  EXPECT_FALSE(call.request.messages_known);
  EXPECT_TRUE(call.request.ended);
}

TEST(Connection, AMalformedResetResetsAllTheSame) {
  EXPECT_EQ(only_call(asked().client(frame(http2::FrameType::RstStream, 0, 1, "abcde"))).ending, Ending::ResetByClient);
}

// A field that is over our limit is unknown; so then is what the block means, and no wrong value is given.
TEST(Connection, AnUnknownStatusIsNoEndWithoutStatus) {
  Limits limits;
  limits.string_bytes_max = 50;
  const Seen events = seen(unary({.trailers = {{std::string(100, 'n'), "x"}}}), limits);
  EXPECT_EQ(events.calls.at(0).ending, Ending::Trailers);
  EXPECT_FALSE(events.calls.at(0).status);
}

}  // namespace
}  // namespace testigo::call
