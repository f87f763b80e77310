#include "verdict/wire_testimony.h"

#include <gtest/gtest.h>

#include "testigo/greeter/v1/greeter.pb.h"

namespace testigo::verdict {
namespace {

using call::Ending;

greeter::v1::GreetReply sample() {
  greeter::v1::GreetReply reply;
  reply.set_message("Success");
  reply.set_client("client1");
  reply.set_call(7);
  reply.set_server("server");
  reply.mutable_received()->set_seconds(1);
  reply.set_sequence(1);
  reply.set_payload(std::string(300, 'x'));
  return reply;
}

TEST(ReadReply, NamesOfTheReply) {
  const auto reply = read_reply(as_octets(sample().SerializeAsString()));
  ASSERT_TRUE(reply);
  EXPECT_EQ(*reply, (statement::Reply{"client1", 7, "server"}));
}

TEST(ReadReply, MayBeCutInThePayloadAndNowhereElse) {
  const std::string whole = sample().SerializeAsString();
  const std::string names = [] {
    auto reply = sample();
    reply.clear_payload();
    return reply.SerializeAsString();
  }();
  for (std::size_t size = 0; size <= whole.size(); ++size) {
    const auto reply = read_reply(as_octets(std::string_view(whole).substr(0, size)));
    if (size >= names.size() + 1) {
      ASSERT_TRUE(reply) << size;
      EXPECT_EQ(reply->call, 7U);
    } else if (reply) {
      // A cut between two fields looks like a shorter message; it never makes a name up.
      EXPECT_TRUE(reply->client.empty() || reply->client == "client1") << size;
      EXPECT_TRUE(reply->call == 0 || reply->call == 7) << size;
    }
  }
}

TEST(ReadReply, Garbage) {
  for (const char* octets : {"ff", "12ff", "12ffffffff7f41", "0b0b0b0b", "18ffffffffffffffffffffff", "00", "1c"}) {
    EXPECT_FALSE(read_reply(from_hex(octets))) << octets;
  }
  EXPECT_EQ(read_reply({}), statement::Reply{});
}

TEST(ReadReply, LongNamesAreCut) {
  auto message = sample();
  message.set_client(std::string(5000, 'c'));
  EXPECT_EQ(read_reply(as_octets(message.SerializeAsString()))->client.size(), 256U);
}

// What the model would tell a witness of one call on one connection.
class WireWitnessTest : public ::testing::Test {
 protected:
  WireWitnessTest() {
    view_.number = 1;
    view_.client_opening = view_.server_opening = http2::Opening::Http2;
    call_.place = {8, 1, 1};
    call_.ending = Ending::Trailers;
    call_.status = 0;
    call_.end_packet = 12;
    witness_.on_connection(view_);
  }

  call::Spot spot(std::uint64_t packet, Direction direction = Direction::ToServer) {
    return {{packet, 1, 1}, direction, {}, 0, 0, 0};
  }

  void request(std::vector<http2::HeaderField> fields, bool complete = true) {
    http2::BlockOutcome outcome;
    outcome.complete = complete;
    const call::Spot at = spot(8);
    witness_.on_block({view_, at, call::BlockRole::Request, false, fields, outcome, &call_});
  }

  void reply(const std::string& message, std::uint64_t packet, std::uint8_t flag = 0) {
    const call::Spot at = spot(packet, Direction::ToClient);
    const rpc::Message read{flag, static_cast<std::uint32_t>(message.size()), as_octets(message)};
    witness_.on_message({view_, at, call_, 1, read});
  }

  void frame(std::uint64_t packet, Direction direction, std::uint8_t flags, const http2::FramePayload& payload) {
    const call::Spot at = spot(packet, direction);
    const http2::Frame frame{{.flags = flags}, payload};
    witness_.on_frame({view_, at, frame});
  }

  WireTestimony end() {
    witness_.on_call({view_, call_});
    return witness_.take();
  }

  call::ConnectionView view_;
  call::Call call_;
  WireWitness witness_;
};

TEST_F(WireWitnessTest, OneCall) {
  request({{"testigo-id", "client1/p1/7"}});
  reply(sample().SerializeAsString(), 11);
  const WireTestimony wire = end();
  ASSERT_EQ(wire.streams.size(), 1U);
  EXPECT_EQ(wire.streams[0].id, (statement::CallId{"client1", "p1", 7}));
  EXPECT_EQ(wire.streams[0].state, WireState::Answered);
  EXPECT_EQ(wire.streams[0].reply->call, 7U);
  EXPECT_EQ(wire.streams[0].reply_packet, 11U);
  EXPECT_EQ(wire.streams[0].reply_octets, "");
  EXPECT_EQ(wire.calls_without_id, 0U);
  EXPECT_EQ(wire.connections[0].headers_packet, 8U);
  EXPECT_EQ(wire.connections[0].trailers_packet, 12U);
  EXPECT_TRUE(wire.connections[0].carried_call);
}

// Whoever listens hears of every call, with what is testified of it; where calls are only told, none of them is kept.
TEST_F(WireWitnessTest, CallsAreTold) {
  for (const auto calls : {WireWitness::Calls::Kept, WireWitness::Calls::Told}) {
    witness_ = WireWitness(calls);
    std::vector<std::uint64_t> told;
    witness_.on_witnessed([&](const call::CallClosed& closed, const WireStream* stream) {
      EXPECT_EQ(&closed.call, &call_);
      told.push_back(stream != nullptr ? stream->id.number * 100 + stream->reply->call : 0);
    });
    for (const char* id : {"client1/p1/7", "client1/p1/8"}) {
      request({{"testigo-id", id}});
      reply(sample().SerializeAsString(), 11);
      witness_.on_call({view_, call_});
    }
    witness_.on_call({view_, call_});  // without an id
    EXPECT_EQ(told, (std::vector<std::uint64_t>{707, 807, 0}));
    EXPECT_EQ(witness_.take().streams.size(), calls == WireWitness::Calls::Kept ? 2U : 0U);
  }
}

TEST_F(WireWitnessTest, TheFirstReplyThatNamesAnotherStays) {
  request({{"testigo-id", "client2/p1/7"}});
  reply(sample().SerializeAsString(), 11);
  auto own = sample();
  own.set_client("client2");
  reply(own.SerializeAsString(), 13);
  const WireTestimony wire = end();
  EXPECT_EQ(wire.streams[0].reply->client, "client1");
  EXPECT_EQ(wire.streams[0].reply_packet, 11U);
  EXPECT_EQ(wire.streams[0].reply_octets, "1207636c69656e74311807");
}

TEST_F(WireWitnessTest, CompressedReplyIsNotRead) {
  request({{"testigo-id", "client1/p1/7"}});
  reply("zzz", 11, 1);
  EXPECT_FALSE(end().streams[0].reply);
}

TEST_F(WireWitnessTest, IdsThatNameNoCall) {
  const std::vector<std::vector<http2::HeaderField>> blocks{
      {}, {{"testigo-id", "x"}}, {{"testigo-id", "client1/p1/7"}, {"testigo-id", "client1/p1/8"}}};
  for (const auto& fields : blocks) {
    request(fields);
    const WireTestimony wire = end();
    EXPECT_TRUE(wire.streams.empty());
    EXPECT_EQ(wire.calls_without_id, 1U);
  }
}

// An id that was not read is not an id that was not there.
TEST_F(WireWitnessTest, IdsThatCouldNotBeRead) {
  using http2::Known;
  const std::vector<http2::HeaderField> unsure{{"testigo-id", "client1/p1/7", Known::Exact, Known::Inferred},
                                               {"testigo-id", "", Known::Exact, Known::Unknown},
                                               {"", "client1/p1/7", Known::Unknown, Known::Exact}};
  for (const auto& field : unsure) {
    request({field});
    reply(sample().SerializeAsString(), 11);
    const WireTestimony wire = end();
    EXPECT_TRUE(wire.streams.empty());
    EXPECT_EQ(wire.calls_unidentified, 1U);
    EXPECT_EQ(wire.calls_without_id, 0U);
  }
  request({}, false);
  EXPECT_EQ(end().calls_unidentified, 1U);
  view_.from_start = false;
  request({}, false);
  EXPECT_EQ(end().calls_unidentified, 0U);
}

TEST_F(WireWitnessTest, PiecesOfAConnection) {
  witness_.on_opening(view_, spot(4), http2::Opening::Http2);
  frame(5, Direction::ToServer, 0, http2::SettingsFrame{});
  frame(6, Direction::ToClient, 0, http2::SettingsFrame{});
  frame(7, Direction::ToClient, 0, http2::SettingsFrame{});
  frame(8, Direction::ToClient, http2::kFlagAck, http2::SettingsFrame{});
  frame(9, Direction::ToServer, http2::kFlagAck, http2::SettingsFrame{});
  frame(10, Direction::ToServer, 0, http2::DataFrame{});
  tcp::ConnectionClosing closing;
  closing.closing = tcp::Closing::Reset;
  witness_.on_connection_closed({view_, {}, closing, false, 0});
  const WireConnection seen = witness_.take().connections[0];
  EXPECT_EQ(seen.preface_packet, 4U);
  EXPECT_EQ(seen.client_settings_packet, 5U);
  EXPECT_EQ(seen.server_settings_packet, 6U);
  EXPECT_EQ(seen.server_ack_packet, 8U);
  EXPECT_EQ(seen.client_ack_packet, 9U);
  EXPECT_EQ(seen.data_packet, 10U);
  EXPECT_EQ(seen.client_last_packet, 10U);
  EXPECT_EQ(seen.server_last_packet, 8U);
  EXPECT_TRUE(seen.closed);
  EXPECT_TRUE(seen.lost);
  EXPECT_FALSE(seen.carried_call);
}

struct StateCase {
  Ending ending;
  bool request_delivered;
  bool headers_delivered;
  WireState unary;
  WireState stream;
};

TEST(StateOf, EachEnding) {
  using enum WireState;
  for (const StateCase& each : std::vector<StateCase>{
           {Ending::Trailers, true, true, Answered, Answered},
           {Ending::Trailers, false, false, Answered, Answered},
           {Ending::Refused, true, true, Undelivered, Undelivered},
           {Ending::ConnectionLost, false, false, Cut, Cut},
           {Ending::ConnectionLost, true, true, Cut, Cut},
           {Ending::ResetByServer, true, true, Cut, Cut},
           {Ending::WithoutStatus, true, true, Cut, Cut},
           {Ending::ResetByClient, true, true, Open, Open},
           {Ending::ResetByClient, false, true, Undelivered, Open},
           {Ending::ResetByClient, false, false, Undelivered, Undelivered},
           {Ending::StillOpen, true, true, Open, Open},
           {Ending::StillOpen, false, true, Undelivered, Open},
       }) {
    call::Call call;
    call.ending = each.ending;
    call.request_delivered = each.request_delivered;
    call.headers_delivered = each.headers_delivered;
    EXPECT_EQ(state_of(call, false), each.unary) << static_cast<int>(each.ending);
    EXPECT_EQ(state_of(call, true), each.stream) << static_cast<int>(each.ending);
  }
}

}  // namespace
}  // namespace testigo::verdict
