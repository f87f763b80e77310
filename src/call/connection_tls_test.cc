#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/testing/several_ways.h"
#include "call/testing/conversation.h"
#include "call/testing/event_log.h"
#include "call/testing/tls_conversation.h"
#include "wire/tls/testing/recorded_handshakes.h"

namespace testigo::call {
namespace {

using namespace testing;
using ::testing::ElementsAre;

// What was told of TLS, and what stood in the view when the connection closed.
class TlsLog final : public Sink {
 public:
  void on_tls(const TlsSeen& seen) override {
    steps.push_back(seen.step);
    places.push_back(seen.spot.place.packet);
  }
  void on_connection_closed(const ConnectionClosed& closed) override {
    if (closed.connection.tls != nullptr) seen = *closed.connection.tls;
  }
  std::vector<tls::Step> steps;
  std::vector<std::uint64_t> places;
  std::optional<tls::Seen> seen;
};

TlsLog hear(const Conversation& conversation) {
  TlsLog log;
  conversation.play(log);
  return log;
}

TEST(ConnectionTls, TellsTheHandshakeStepByStep) {
  const TlsLog log = hear(tls_conversation(tls::testing::kTls12));
  EXPECT_THAT(log.steps, ElementsAre(tls::Step::ClientHello, tls::Step::ServerHello, tls::Step::Secured));
  EXPECT_THAT(log.places, ElementsAre(1, 2, 3));
  ASSERT_TRUE(log.seen);
  EXPECT_EQ(log.seen->server->protocol, "h2");
}

TEST(ConnectionTls, TellsTheSameHoweverItIsCut) {
  for (const auto* recorded : {&tls::testing::kTls12, &tls::testing::kRetry, &tls::testing::kRenegotiated}) {
    EventLog whole;
    tls_conversation(*recorded).play(whole);
    for (std::uint64_t seed = testigo::testing::Cuts::kByteByByte; seed < 12; ++seed) {
      EventLog cut;
      tls_conversation(*recorded).play(cut, {}, seed);
      EXPECT_EQ(cut.lines(), whole.lines()) << seed;
    }
  }
}

TEST(ConnectionTls, EndsAtAGap) {
  const TlsLog log = hear(tls_conversation(tls::testing::kTls12, 1).lost(10).server(octets("more")));
  EXPECT_THAT(log.steps, ElementsAre(tls::Step::ClientHello));
  ASSERT_TRUE(log.seen);
  EXPECT_THAT(log.seen->unread, ElementsAre("", "octets are missing"));
  const TlsLog behind_hello = hear(tls_conversation(tls::testing::kTls12, 2).lost(10).client(octets("more")));
  EXPECT_THAT(behind_hello.seen->unread, ElementsAre("octets are missing", ""));
}

TEST(ConnectionTls, IsNothingToAConnectionWithoutIt) {
  const TlsLog log = hear(unary());
  EXPECT_TRUE(log.steps.empty());
  EXPECT_FALSE(log.seen);
}

// A server of TLS answers a preface with an alert.
TEST(ConnectionTls, MayBeSpokenByOneSideAlone) {
  const TlsLog log = hear(greeted().server(octets(std::string("\x15\x03\x01\0\x02\x02\x46", 7))));
  EXPECT_TRUE(log.steps.empty());  // it began as HTTP/2
  const TlsLog alert =
      hear(Conversation().client(preface(), settings()).server(octets(std::string("\x15\x03\x01\0\x02\x02\x46", 7))));
  EXPECT_THAT(alert.steps, ElementsAre(tls::Step::Alert));
  const TlsLog http1 = hear(tls_conversation(tls::testing::kTls12, 1).server(octets("HTTP/1.1 400 Bad Request\r\n\r\n")));
  EXPECT_THAT(http1.steps, ElementsAre(tls::Step::ClientHello));
}

}  // namespace
}  // namespace testigo::call
