#include "call/model.h"

#include <gtest/gtest.h>

#include "call/testing/seen.h"

namespace testigo::call {
namespace {

using namespace testing;

TEST(Model, StreamsOfAllConnectionsAreBounded) {
  Limits limits;
  limits.streams_max_all = 2;
  Seen sink;
  Model model(sink, limits);
  Conversation c = greeted().client(headers(1, request_fields()));
  const auto open = [&](ConnectionNumber number) { c.play(model, 0, number); };
  // Until that of all counts which was a few stretches before.
  const auto wait = [&] {
    for (std::uint64_t i = 0; i < Stretches::kLag * 2048; ++i) model.on_chunk(1, {});
  };
  for (const ConnectionNumber number : {1u, 2u}) open(number);
  wait();
  open(3);
  EXPECT_EQ(model.held().streams, 2u);
  model.on_closing({1, {}, Direction::ToClient, tcp::Closing::Reset, 0, ""});
  open(4);
  EXPECT_EQ(model.held().streams, 1u);
  model.on_opened({1, {}, {}, {}, true, 0});
  wait();
  open(5);
  EXPECT_EQ(model.held().streams, 2u);
  model.on_end();
  EXPECT_EQ(sink.calls.size(), 3u);
}

TEST(Model, KeepsConnectionsApart) {
  Seen events;
  Model model(events);
  unary().play(model, 0, 1);
  unary({.trailers = trailer_fields("13")}).play(model, 0, 2);
  model.on_chunk(99, {});  // nobody opened it
  model.on_closing({99, {}, Direction::ToClient, tcp::Closing::Reset, 0, {}});
  model.on_end();
  ASSERT_EQ(events.calls.size(), 2u);
  EXPECT_EQ(events.calls[0].place.connection, 1u);
  EXPECT_EQ(events.calls[1].place.connection, 2u);
  EXPECT_EQ(events.calls[1].status, 13);
}

// Nobody is to keep what millions of SYNs are worth.
TEST(Model, TellsOfAConnectionWhenItSpeaksOrEnds) {
  class Order final : public Sink {
   public:
    void on_connection(const ConnectionView& connection) override { told += "+" + std::to_string(connection.number); }
    void on_connection_closed(const ConnectionClosed& closed) override {
      told += "-" + std::to_string(closed.connection.number) + closed.connection.client.address;
    }
    std::string told;
  } order;
  Model model(order);
  for (const ConnectionNumber number : {1u, 2u, 3u, 4u, 5u, 6u}) {
    model.on_opened({number, Time(), {std::to_string(10 * number), 1}, {"s", 2}, true, 0});
  }
  EXPECT_EQ(order.told, "");
  model.on_chunk(5, {Time(), Direction::ToServer, as_octets("x"), 0, 0, 0});
  model.on_closing({2, Time(), Direction::ToClient, tcp::Closing::Refused, 0, {}});
  model.on_closing({3, Time(), Direction::ToServer, tcp::Closing::Fin, 0, {}});
  EXPECT_EQ(order.told, "+5+2-220+3");
  model.end(4);
  EXPECT_EQ(order.told, "+5+2-220+3+4-440");
  model.on_end();
  EXPECT_EQ(order.told, "+5+2-220+3+4-440+1-110-330-550+6-660");
}

TEST(Model, KeepsNothingOfAConnectionOfWhichNothingMoreComes) {
  class Ends final : public Sink {
   public:
    void on_call(const CallClosed& closed) override { told += closed.call.ending == Ending::StillOpen ? "call " : "? "; }
    void on_connection_closed(const ConnectionClosed& closed) override {
      told += closed.closing ? "closed " : closed.turned ? "turned " : "over ";
    }
    std::string told;
  };
  for (const tcp::Over over : {tcp::Over::Unseen, tcp::Over::Turned}) {
    Ends ends;
    Model model(ends);
    greeted().client(headers(1, request_fields())).play(model, 0, 1);
    EXPECT_EQ(model.held().streams, 1u);
    model.on_over(1, over);
    EXPECT_EQ(model.held().streams, 0u);
    EXPECT_EQ(ends.told, over == tcp::Over::Turned ? "call turned " : "call over ");
    ends.told.clear();
    model.on_over(1, over);
    model.on_end();
    EXPECT_EQ(ends.told, "");
  }
}

}  // namespace
}  // namespace testigo::call
