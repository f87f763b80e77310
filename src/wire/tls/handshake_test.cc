#include "wire/tls/handshake.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/testing/several_ways.h"
#include "wire/tls/testing/recorded_handshakes.h"

namespace testigo::tls {
namespace {

using ::testing::ElementsAre;
using testing::Recorded;

struct Heard {
  std::vector<Step> steps;
  std::vector<std::uint64_t> places;  // offset and end of each
  Seen seen;
  friend bool operator==(const Heard&, const Heard&) = default;
};

Heard hear(const Recorded& turns, std::uint64_t seed, const Limits& limits = {}) {
  Handshake handshake(limits);
  Heard heard;
  for (const testing::Turn& turn : turns) {
    const std::vector<std::byte> octets = from_hex(turn.hex);
    testigo::testing::Cuts cuts(octets, seed);
    while (const auto piece = cuts.next()) {
      handshake.feed(turn.direction, *piece);
      Step step{};
      while (handshake.next(turn.direction, step) == Decoded::Done) {
        heard.steps.push_back(step);
        heard.places.insert(heard.places.end(), {handshake.offset(), handshake.end()});
      }
    }
  }
  heard.seen = handshake.seen();
  return heard;
}

// However each turn is cut.
Heard hear(const Recorded& turns, const Limits& limits = {}) {
  const Heard whole = hear(turns, testigo::testing::Cuts::kWhole, limits);
  for (std::uint64_t seed = testigo::testing::Cuts::kByteByByte; seed < 14; ++seed) EXPECT_TRUE(hear(turns, seed, limits) == whole);
  return whole;
}

// The same in records of so many octets at most, which any sender may make (RFC 8446 section 5.1).
std::string in_records(std::string_view handshake, std::size_t size) {
  const std::vector<std::byte> octets = from_hex(handshake);
  std::vector<std::byte> out;
  for (std::size_t at = 0; at < octets.size(); at += size) {
    const Bytes piece = Bytes(octets).subspan(at, std::min(size, octets.size() - at));
    append(out, from_hex("160301"));
    append_number(out, piece.size(), 2);
    append(out, piece);
  }
  return to_hex(out);
}

Recorded without_last(Recorded turns, std::size_t count) {
  turns.resize(turns.size() - count);
  return turns;
}

TEST(Handshake, OfTls12TellsAllThatWasAgreed) {
  const Heard heard = hear(testing::kTls12);
  EXPECT_THAT(heard.steps, ElementsAre(Step::ClientHello, Step::ServerHello, Step::Secured));
  EXPECT_THAT(heard.seen.client->versions, ElementsAre(kTls12));
  EXPECT_THAT(heard.seen.client->protocols, ElementsAre("h2"));
  EXPECT_EQ(heard.seen.client->server_name, "localhost");
  EXPECT_EQ(*heard.seen.server, (ServerHello{kTls12, 0xc02c, "h2", false}));
  EXPECT_EQ(heard.seen.renegotiated, (std::array{false, false}));
  EXPECT_EQ(heard.seen.unread, (std::array<std::string_view, 2>{}));
}

TEST(Handshake, OfTls13HidesTheChoiceOfTheProtocol) {
  const Heard heard = hear(testing::kTls13);
  EXPECT_THAT(heard.steps, ElementsAre(Step::ClientHello, Step::ServerHello, Step::Secured));
  EXPECT_THAT(heard.seen.client->protocols, ElementsAre("grpc-exp", "h2"));
  EXPECT_EQ(*heard.seen.server, (ServerHello{kTls13, 0x1302, {}, false}));
  EXPECT_TRUE(heard.seen.server->hides_protocol());
}

TEST(Handshake, IsReadThroughARetry) {
  const Heard heard = hear(testing::kRetry);
  EXPECT_THAT(heard.steps, ElementsAre(Step::ClientHello, Step::Retry, Step::ServerHello, Step::Secured));
  EXPECT_TRUE(heard.seen.retried);
  ASSERT_TRUE(heard.seen.server);
  EXPECT_EQ(heard.seen.server->version, kTls13);
  EXPECT_EQ(heard.seen.client->server_name, std::nullopt);
}

TEST(Handshake, AgainIsSeenUnderTls12) {
  const Heard heard = hear(testing::kRenegotiated);
  EXPECT_THAT(heard.steps, ElementsAre(Step::ClientHello, Step::ServerHello, Step::Secured, Step::Renegotiation));
  EXPECT_EQ(heard.seen.renegotiated, (std::array{true, false}));
  EXPECT_FALSE(hear(without_last(testing::kRenegotiated, 4)).seen.renegotiated[0]);
}

// No data of that side came before: the handshake may be the first one, in pieces.
TEST(Handshake, IsNotCalledAgainWithoutProof) {
  Recorded turns = without_last(testing::kTls12, 1);
  turns.push_back({Direction::ToServer, "1603030010 00000000000000000000000000000000"});
  EXPECT_EQ(hear(turns).seen.renegotiated, (std::array{false, false}));
  turns.push_back({Direction::ToServer, "1703030001 00"});
  EXPECT_EQ(hear(turns).seen.renegotiated, (std::array{false, false}));
  turns.push_back({Direction::ToServer, "1603030010 00000000000000000000000000000000"});
  EXPECT_EQ(hear(turns).seen.renegotiated, (std::array{true, false}));
}

TEST(Handshake, ThatIsRefusedTellsTheAlert) {
  const Heard heard = hear(testing::kRefused);
  EXPECT_THAT(heard.steps, ElementsAre(Step::ClientHello, Step::Alert));
  EXPECT_EQ(heard.seen.alert, (Alert{Direction::ToClient, true, 120}));
  EXPECT_EQ(heard.seen.server, std::nullopt);
}

// As that which ends a connection of TLS 1.2.
TEST(Handshake, ReadsNothingIntoAnAlertThatIsEncrypted) {
  Recorded turns = testing::kTls12;
  turns.push_back({Direction::ToServer, "150303001a 0228000000000000000000000000000000000000000000000000"});
  EXPECT_EQ(hear(turns).seen.alert, std::nullopt);
}

TEST(Handshake, OfOldVersionsIsRead) { EXPECT_EQ(hear(testing::kTls11).seen.server->version, 0x0302); }

TEST(Handshake, MayBeInRecordsOfAnySize) {
  const std::string hello = std::string(testing::kTls13[0].hex.substr(10));
  const Seen expected = hear({testing::kTls13[0]}).seen;
  ASSERT_TRUE(expected.client);
  for (const std::size_t size : {1, 3, 5, 100}) {
    const std::string records = in_records(hello, size);
    EXPECT_EQ(hear({{Direction::ToServer, records}}).seen, expected) << size;
  }
}

TEST(Handshake, IsBounded) {
  Limits limits;
  limits.tls_hello_bytes_max = 100;
  const Heard heard = hear(testing::kTls13, limits);
  EXPECT_EQ(heard.seen.unread[0], "a hello is larger than what is read");
  EXPECT_FALSE(heard.seen.client);
}

TEST(Handshake, EndsWhereItCannotBeRead) {
  EXPECT_EQ(hear({{Direction::ToServer, "1603010005 01000001 03"}}).seen.unread[0], "a ClientHello is malformed");
  EXPECT_EQ(hear({{Direction::ToServer, "47455420"}}).seen.unread[0], "what follows is no TLS record");
  EXPECT_EQ(hear({{Direction::ToClient, "1603010005 02000001 03"}}).seen.unread[1], "a ServerHello is malformed");
}

TEST(Handshake, EndsAtAGap) {
  Handshake handshake;
  handshake.lose(Direction::ToClient);
  Step step{};
  handshake.feed(Direction::ToClient, from_hex(testing::kTls12[1].hex));
  EXPECT_EQ(handshake.next(Direction::ToClient, step), Decoded::Malformed);
  EXPECT_EQ(handshake.seen().unread[1], "octets are missing");
  EXPECT_TRUE(handshake.seen().unread[0].empty());
}

}  // namespace
}  // namespace testigo::tls
