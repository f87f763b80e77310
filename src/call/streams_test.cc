#include "call/streams.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace testigo::call {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(Streams, AreFoundAsLongAsTheyAreOpen) {
  std::size_t held = 0;
  IdleStreams idle;
  const Limits limits;
  Streams streams(limits, held, idle);
  Stream& first = streams.open(1);
  streams.open(3);
  EXPECT_EQ(streams.find(1), &first);
  EXPECT_EQ(streams.find(5), nullptr);
  streams.close(1);
  EXPECT_EQ(streams.find(1), nullptr);
  EXPECT_EQ(streams.size(), 1u);
}

TEST(Streams, AreListedByTheirIds) {
  std::size_t held = 0;
  IdleStreams idle;
  const Limits limits;
  Streams streams(limits, held, idle);
  for (StreamId id = 1; id < 1001; id += 2) streams.open(id);
  for (StreamId id = 1; id < 1001; id += 2) {
    if (id % 100 != 1) streams.close(id);
  }
  EXPECT_THAT(streams.ids(), ElementsAre(1, 101, 201, 301, 401, 501, 601, 701, 801, 901));
  EXPECT_THAT(streams.ids(201, 401), ElementsAre(301, 401));
  EXPECT_THAT(streams.ids(901), IsEmpty());
}

TEST(Streams, OneThatIsUsedAgainIsAsIfItWereNew) {
  std::size_t held = 0;
  IdleStreams idle;
  const Limits limits;
  Streams streams(limits, held, idle);
  const Stream fresh(limits, held);
  Stream& used = streams.open(1);
  used.call.path = "/a.B/C";
  used.call.status_message = "broken";
  used.call.timeout = Duration(1);
  used.call.request.messages = 3;
  used.role_lost = {true, true};
  used.may_have_ended = {true, true};
  used.in_doubt.fields.resize(2);
  const std::vector<std::byte> half_a_message(7, std::byte{0});
  used.request.feed(half_a_message);
  rpc::Message message;
  while (used.request.next(message) == rpc::Decoded::Done) {
  }
  EXPECT_GT(held, 0u);
  streams.close(1);
  EXPECT_EQ(held, 0u);
  const Stream& again = streams.open(3);
  EXPECT_EQ(&again, &used);
  EXPECT_EQ(again.call.path, "");
  EXPECT_EQ(again.call.status_message, "");
  EXPECT_EQ(again.call.timeout, std::nullopt);
  EXPECT_EQ(again.call.request.messages, 0u);
  EXPECT_EQ(again.role_lost, fresh.role_lost);
  EXPECT_EQ(again.may_have_ended, fresh.may_have_ended);
  EXPECT_TRUE(again.in_doubt.fields.empty());
  EXPECT_EQ(again.request.pending(), 0u);
}

}  // namespace
}  // namespace testigo::call
