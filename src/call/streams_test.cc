#include "call/streams.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <tuple>

namespace testigo::call {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

SideOfCall side_told() { return {true, true, 1, 2, 3, 4, 5, false, true}; }

// No member is what it is at first.
Call everything_told() {
  const Time time{std::chrono::seconds(1)};
  return {{1, 2, 3, true},
          time,
          time,
          RpcClass::Grpc,
          RpcClass::Other,
          "/a.B/C",
          http2::Known::Exact,
          1,
          true,
          Duration(1),
          side_told(),
          side_told(),
          time,
          200,
          13,
          "broken",
          Ending::Trailers,
          8,
          9,
          true,
          true};
}

void expect_same(const SideOfCall& ours, const SideOfCall& theirs) {
  const auto all = [](const SideOfCall& side) {
    const auto& [headers, ended, messages, bytes, end, headers_end, packet, messages_known, behind_gap] = side;
    return std::tuple(headers, ended, messages, bytes, end, headers_end, packet, messages_known, behind_gap);
  };
  EXPECT_EQ(all(ours), all(theirs));
}

void expect_same(const Call& ours, const Call& theirs) {
  const auto but_sides = [](const Call& call) {
    const auto& [place, started, ended, rpc_class, response_class, path, path_known, unknown_method, opened_behind_gap, timeout,
                 request, response, first_response, http_status, status, status_message, ending, error_code, end_packet,
                 request_delivered, headers_delivered] = call;
    return std::tuple(place, started, ended, rpc_class, response_class, path, path_known, unknown_method, opened_behind_gap,
                      timeout, first_response, http_status, status, status_message, ending, error_code, end_packet,
                      request_delivered, headers_delivered);
  };
  EXPECT_TRUE(but_sides(ours) == but_sides(theirs));
  expect_same(ours.request, theirs.request);
  expect_same(ours.response, theirs.response);
}

TEST(Streams, AreFoundAsLongAsTheyAreOpen) {
  rpc::MessageBytes held;
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
  rpc::MessageBytes held;
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
  rpc::MessageBytes held;
  IdleStreams idle;
  const Limits limits;
  Streams streams(limits, held, idle);
  const Stream fresh(limits, held);
  Stream& used = streams.open(1);
  used.call = everything_told();
  used.role_lost = {true, true};
  used.may_have_ended = {true, true};
  used.in_doubt.fields.resize(2);
  const std::vector<std::byte> half_a_message(7, std::byte{0});
  used.request.feed(half_a_message);
  rpc::Message message;
  while (used.request.next(message) == rpc::Decoded::Done) {
  }
  EXPECT_GT(held.held, 0u);
  streams.close(1);
  EXPECT_EQ(held.held, 0u);
  const Stream& again = streams.open(3);
  EXPECT_EQ(&again, &used);
  expect_same(again.call, fresh.call);
  EXPECT_EQ(again.role_lost, fresh.role_lost);
  EXPECT_EQ(again.may_have_ended, fresh.may_have_ended);
  EXPECT_TRUE(again.in_doubt.fields.empty());
  EXPECT_EQ(again.request.pending(), 0u);
}

}  // namespace
}  // namespace testigo::call
