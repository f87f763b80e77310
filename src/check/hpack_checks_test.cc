#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "check/testing/judged.h"

namespace testigo::check {
namespace {

using namespace call::testing;
using namespace testing;

using Names = std::vector<std::string>;

constexpr std::uint8_t kWhole = http2::kFlagEndHeaders | http2::kFlagEndStream;

// POST http / for the authority "a": not gRPC. It inserts one entry.
const std::string kRequest =
    "\x83\x86\x84\x41\x01"
    "a";

Part block(call::StreamId stream, const std::string& octets) { return frame(http2::FrameType::Headers, kWhole, stream, octets); }

Names of_block(const std::string& octets) { return findings(greeted().client(block(1, octets))); }

TEST(Hp, AnOrdinaryBlock) {
  const Conversation c = greeted().client(block(1, kRequest)).client(block(3, "\x83\x86\x84\xbe"));
  EXPECT_EQ(findings(c), nothing());
  for (const char* id : {"HP01", "HP02", "HP05", "HP06"}) EXPECT_EQ(outcome(c, id), "pass") << id;
  for (const char* id : {"HP03", "HP04", "HP07"}) EXPECT_EQ(outcome(c, id), "not-observed") << id;
}

TEST(Hp01, NoIndexZero) { EXPECT_EQ(of_block(kRequest + "\x80"), only("HP01 error")); }

TEST(Hp02, NoIndexBeyondTheTable) {
  EXPECT_EQ(of_block(kRequest + "\xbf"), only("HP02 error"));
  EXPECT_EQ(of_block(kRequest + std::string("\x7f\x00\x01x", 4)), only("HP02 error"));
}

// The table is emptied, and the history still knows what stood there.
TEST(Hp02, AnEvictedEntryIsGone) {
  const Conversation c = greeted().client(block(1, kRequest)).client(block(3, "\x20\x3f\xe1\x1f\x83\x86\x84\xbe"));
  EXPECT_EQ(findings(c), only("HP02 error"));
}

// "HP01, HP02, HP05 → lost H of that direction from there on".
TEST(Hp02, BehindABlockThatBreaksOffNothingIsKnown) {
  Conversation c = greeted();
  c.client(block(1, kRequest + "\x80")).client(block(3, "\x83\x86\x84\xbf"));
  EXPECT_EQ(findings(c), only("HP01 error"));
  EXPECT_EQ(outcome(c, "HP02"), "not-judgeable");
}

TEST(Hp03, SizeUpdatesOpenABlock) {
  EXPECT_EQ(of_block("\x20\x3f\xe1\x1f" + kRequest), nothing());
  EXPECT_EQ(outcome(greeted().client(block(1, "\x20" + kRequest)), "HP03"), "pass");
  EXPECT_EQ(of_block(kRequest + "\x20"), only("HP03 error"));
  EXPECT_EQ(of_block("\x20\x20\x20" + kRequest), only("HP03 error"));
}

TEST(Hp04, AnUpdateIsWithinTheLimit) {
  const std::string to_4096 = "\x3f\xe1\x1f", to_4097 = "\x3f\xe2\x1f";
  EXPECT_EQ(of_block(to_4096 + kRequest), nothing());
  EXPECT_EQ(of_block(to_4097 + kRequest), only("HP04 error"));
  Conversation raised = greeted({{http2::kSettingHeaderTableSize, 4097}});
  EXPECT_EQ(findings(raised.client(block(1, to_4097 + kRequest))), nothing());
}

// RULE 1: the last acknowledged value alone.
TEST(Hp04, ARaisedLimitCountsFromItsAcknowledgement) {
  Conversation c = greeted();
  c.server(settings({{http2::kSettingHeaderTableSize, 8192}})).client(block(1, "\x3f\xe2\x1f" + kRequest)).client(settings_ack());
  EXPECT_EQ(findings(c), only("HP04 error"));
}

TEST(Hp04, AfterATooLargeTableNoIndexIsHeldAgainstAnyone) {
  Conversation c = greeted();
  c.client(block(1, "\x3f\xe2\x1f" + kRequest)).client(block(3, kRequest + "\xc0"));
  EXPECT_EQ(findings(c), (Names{"HP04 error"}));
  EXPECT_EQ(outcome(c, "HP02"), "not-judgeable");
}

TEST(Hp04, ATableThatIsTooLargeNowMustBeCutDown) {
  Conversation c = greeted();
  c.client(block(1, kRequest))
      .server(settings({{http2::kSettingHeaderTableSize, 0}}))
      .client(block(3, kRequest))
      .client(settings_ack());
  EXPECT_EQ(findings(c), nothing());  // not acknowledged yet
  Conversation cut = c;
  EXPECT_EQ(findings(cut.client(block(5, "\x20" + kRequest))), nothing());
  EXPECT_EQ(outcome(cut, "HP04"), "pass");
  EXPECT_EQ(findings(c.client(block(5, kRequest))), only("HP04 error"));
}

TEST(Hp04, TheSmallestSizeBetweenTwoBlocksIsSignalled) {
  Conversation c = greeted();
  c.client(block(1, kRequest))
      .server(settings({{http2::kSettingHeaderTableSize, 0}}), settings({{http2::kSettingHeaderTableSize, 4096}}))
      .client(settings_ack(), settings_ack());
  Conversation both = c, last = c;
  EXPECT_EQ(findings(c.client(block(3, kRequest)).client(block(5, kRequest))), only("HP04 error"));
  EXPECT_EQ(findings(last.client(block(3, "\x3f\xe1\x1f" + kRequest))), only("HP04 error"));
  EXPECT_EQ(findings(both.client(block(3, "\x20\x3f\xe1\x1f" + kRequest))), nothing());
}

TEST(Hp05, HuffmanAndIntegers) {
  EXPECT_EQ(of_block(kRequest + "\x40\x84\xff\xff\xff\xff\x01x"), only("HP05 error"));      // EOS
  EXPECT_EQ(of_block(kRequest + std::string("\x40\x81\x00\x01x", 5)), only("HP05 error"));  // padded by zeros
  EXPECT_EQ(of_block(kRequest + "\x40\x82\x07\xff\x01x"), only("HP05 error"));              // padded by 8 bits
  EXPECT_EQ(of_block(kRequest + "\xff\xff\xff\xff\xff\xff\x7f"), only("HP05 error"));
  EXPECT_EQ(of_block(kRequest + std::string("\x40\x81\x07\x01x", 5)), nothing());
}

TEST(Hp05, ABlockEndsBehindAField) { EXPECT_EQ(of_block(kRequest + "\x40\x05x"), only("HP05 error")); }

TEST(Hp05, OurOwnLimitIsNotHeldAgainstTheSender) {
  Limits limits;
  limits.block_fields_max = 3;
  const Conversation c = greeted().client(block(1, kRequest));
  EXPECT_EQ(findings(c, limits), nothing());
  EXPECT_EQ(outcome(c, "HP05", limits), "not-judgeable");
}

Unary with_metadata(std::size_t octets) { return {.request = plus(request_fields(), "x", std::string(octets, 'v'))}; }

TEST(Hp06, MoreThanEightKibibytesIsAWarning) {
  EXPECT_EQ(findings(unary(with_metadata(9000))), only("HP06 warning"));
  EXPECT_EQ(findings(unary(with_metadata(7000))), nothing());
}

TEST(Hp06, TheLimitThatThePeerAnnounced) {
  const auto sent = [](std::uint32_t limit) {
    Conversation c = greeted({{http2::kSettingMaxHeaderListSize, limit}});
    return findings(c.call(with_metadata(100)));
  };
  const std::uint32_t bytes = 32 * 8 + 7 + 4 + 7 + 4 + 5 + 33 + 10 + 15 + 2 + 8 + 12 + 16 + 10 + 15 + 1 + 100;
  EXPECT_EQ(sent(bytes), nothing());
  EXPECT_EQ(sent(bytes - 1), only("HP06 warning"));
}

TEST(Hp06, WhatThePeerAnnouncedTakesThePlaceOfWhatGrpcSuggests) {
  Conversation c = greeted({{http2::kSettingMaxHeaderListSize, 65536}});
  EXPECT_EQ(findings(c.call(with_metadata(9000))), nothing());
  EXPECT_EQ(outcome(c, "HP06"), "pass");
  EXPECT_EQ(findings(greeted({{http2::kSettingMaxHeaderListSize, 8999}}).call(with_metadata(9000))), only("HP06 warning"));
}

// "Servers may limit the size of Request-Headers."
TEST(Hp06, WhatGrpcSuggestsIsOfRequestsOfGrpc) {
  const std::string large(9000, 'v');
  EXPECT_EQ(findings(unary({.response = plus(response_fields(), "x", large)})), nothing());
  EXPECT_EQ(findings(unary({.trailers = plus(trailer_fields(), "x", large)})), nothing());
  Conversation plain = unary();
  plain
      .client(
          headers(3, {{":method", "GET"}, {":scheme", "http"}, {":path", "/"}, {":authority", "a"}, {"x", large}}, EndStream::Yes))
      .server(headers(3, {{":status", "200"}}), data(3, "x", EndStream::Yes));
  EXPECT_EQ(findings(plain), nothing());
  EXPECT_EQ(outcome(plain, "HP06"), "pass");
}

TEST(Hp06, ALimitThatIsNotAcknowledgedYetTakesThePlaceOfWhatGrpcSuggests) {
  Conversation c;
  c.client(preface(), settings()).server(settings({{http2::kSettingMaxHeaderListSize, 16384}}), settings_ack());
  c.client(headers(1, with_metadata(9000).request), end_of_data(1)).client(settings_ack());
  EXPECT_EQ(findings(c.server(headers(1, trailers_only_fields("0"), EndStream::Yes))), nothing());
  EXPECT_EQ(outcome(c, "HP06"), "pass");
}

TEST(Hp06, BeforeTheServersSettingsNobodyKnowsItsLimit) {
  Conversation c;
  c.client(preface(), settings(), headers(1, with_metadata(9000).request), end_of_data(1));
  c.server(settings({{http2::kSettingMaxHeaderListSize, 16384}}), settings_ack()).client(settings_ack());
  EXPECT_EQ(findings(c.server(headers(1, trailers_only_fields("0"), EndStream::Yes))), nothing());
  EXPECT_EQ(outcome(c, "HP06"), "not-judgeable");
}

TEST(Hp06, BehindAGapNobodyKnowsWhatThePeerTakes) {
  Conversation c = greeted();
  c.server(headers(1, response_fields())).lost(100).client_acks();
  EXPECT_EQ(of("HP06", findings(c.call(Unary{.stream = 3, .request = with_metadata(9000).request}))), nothing());
}

// RULE 1.
TEST(Hp06, ALowerLimitBindsFromItsAcknowledgement) {
  Conversation c = greeted();
  c.server(settings({{http2::kSettingMaxHeaderListSize, 10}})).client(headers(1, request_fields()), end_of_data(1), settings_ack());
  EXPECT_EQ(findings(c), nothing());
  Conversation raised = c;
  raised.server(settings({{http2::kSettingMaxHeaderListSize, 9999}})).client(headers(3, request_fields()), settings_ack());
  EXPECT_EQ(findings(raised), nothing());
  EXPECT_EQ(findings(c.client(headers(3, request_fields()))), only("HP06 warning"));
}

TEST(Hp07, SecretsInTheTableAreRemarkedOnce) {
  for (const char* name : {"authorization", "cookie", "x-token-bin"}) {
    const FieldList fields = plus(request_fields(), name, "YWJj");
    EXPECT_EQ(findings(greeted().call({.request = fields}).call({.stream = 3, .request = with(fields, name, "YWJk")})),
              only("HP07 info"))
        << name;
  }
  EXPECT_EQ(findings(unary({.request = plus(request_fields(), "x-trace-bin", "YWJj")})), nothing());
  const Conversation never = greeted().client(block(1, kRequest + "\x1f\x08\x01x"));
  EXPECT_EQ(findings(never), nothing());
  EXPECT_EQ(outcome(never, "HP07"), "pass");
}

}  // namespace
}  // namespace testigo::check
