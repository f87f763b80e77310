#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/testing/several_ways.h"
#include "call/testing/event_log.h"
#include "call/testing/upgrade_conversation.h"

namespace testigo::call {
namespace {

using namespace testing;
using ::testing::ElementsAre;

class Calls final : public Sink {
 public:
  void on_opening(const ConnectionView&, const Spot& spot, http2::Opening opening) override {
    openings.push_back(opening);
    places.push_back(spot.offset);
  }
  void on_call(const CallClosed& closed) override { calls.push_back(closed.call); }
  void on_frame(const FrameSeen& seen) override { ends[static_cast<std::size_t>(seen.spot.direction)] = seen.spot.end; }
  void on_connection_closed(const ConnectionClosed& closed) override { view = closed.connection; }

  std::vector<http2::Opening> openings;
  std::vector<std::uint64_t> places;
  std::vector<Call> calls;
  std::array<std::uint64_t, 2> ends{};
  ConnectionView view;
};

Calls hear(const Conversation& conversation) {
  Calls calls;
  conversation.play(calls);
  return calls;
}

TEST(ConnectionUpgrade, IsReadOnIntoHttp2) {
  const Calls heard = hear(upgraded().call({.stream = 3}));
  using enum http2::Opening;
  EXPECT_THAT(heard.openings, ElementsAre(Http1, Http1, Http2, Http2));
  EXPECT_EQ(heard.view.client_opening, Http2);
  EXPECT_EQ(heard.view.server_opening, Http2);
  // Offsets go on counting.
  EXPECT_EQ(heard.ends[0], heard.view.octets_to_server);
  EXPECT_EQ(heard.ends[1], heard.view.octets_to_client);
  ASSERT_EQ(heard.calls.size(), 2u);
  EXPECT_EQ(heard.view.upgrade_settings,
            (std::vector<http2::Setting>{{http2::kSettingHeaderTableSize, 65'536}, {http2::kSettingInitialWindowSize, 65'535}}));
  EXPECT_EQ(heard.calls[0].place.stream, 1u);
  EXPECT_EQ(heard.calls[0].path, "/old");
  EXPECT_EQ(heard.calls[0].rpc_class, RpcClass::Other);
  EXPECT_EQ(heard.calls[0].http_status, 200);
  EXPECT_EQ(heard.calls[0].response.bytes, 4u);
  EXPECT_EQ(heard.calls[1].place.stream, 3u);
  EXPECT_EQ(heard.calls[1].status, 0);
}

TEST(ConnectionUpgrade, TellsTheSameHoweverItIsCut) {
  EventLog whole;
  upgraded().call({.stream = 3}).play(whole);
  for (std::uint64_t seed = testigo::testing::Cuts::kByteByByte; seed < 14; ++seed) {
    EventLog cut;
    upgraded().call({.stream = 3}).play(cut, {}, seed);
    EXPECT_EQ(cut.lines(), whole.lines()) << seed;
  }
}

// HTTP2-Settings allow the server's encoder a larger table, at once.
TEST(ConnectionUpgrade, BindsTheServerToTheSettingsOfTheRequest) {
  Conversation c = upgraded();
  const std::string block("\x3f\xe1\xff\x03\x88", 5);  // table size 65536, :status 200
  const Calls heard = hear(c.client(headers(3, request_fields(), EndStream::Yes))
                               .server(frame(http2::FrameType::Headers, http2::kFlagEndHeaders | http2::kFlagEndStream, 3, block)));
  ASSERT_EQ(heard.calls.size(), 2u);
  EXPECT_EQ(heard.calls[1].http_status, 200);
}

TEST(ConnectionUpgrade, ThatIsRefusedStaysHttp1) {
  Conversation c;
  c.client(octets("GET / HTTP/1.1\r\nUpgrade: h2c\r\nHTTP2-Settings: AAEAAQAA\r\n\r\n")).server(octets("HTTP/1.1 200 OK\r\n\r\n"));
  const Calls heard = hear(c.client(preface(), settings()));
  EXPECT_EQ(heard.view.client_opening, http2::Opening::Http1);
  EXPECT_THAT(heard.openings, ElementsAre(http2::Opening::Http1, http2::Opening::Http1));
}

TEST(ConnectionUpgrade, IsNoneByAServerWhoseFirstOctetsAreNotHttp1) {
  Conversation c;
  c.client(octets("GET / HTTP/1.1\r\nUpgrade: h2c\r\nHTTP2-Settings: AAEAAQAA\r\n\r\n"));
  c.server(octets("RHTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\n\r\n"), settings()).client(preface(), settings());
  for (const std::uint64_t seed : {testigo::testing::Cuts::kWhole, testigo::testing::Cuts::kByteByByte}) {
    Calls heard;
    c.play(heard, {}, seed);
    EXPECT_THAT(heard.openings, ElementsAre(http2::Opening::Http1, http2::Opening::Other)) << seed;
  }
}

TEST(ConnectionUpgrade, IsNoneBehindAGap) {
  Conversation c;
  c.client(octets("GET / HTTP/1.1\r\nUpgrade: h2c\r\n")).lost(3).client(octets("HTTP2-Settings: AAEAAQAA\r\n\r\n"));
  c.server(octets("HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\n\r\n"), settings()).client(preface(), settings());
  EXPECT_EQ(hear(c).view.client_opening, http2::Opening::Http1);
}

}  // namespace
}  // namespace testigo::call
