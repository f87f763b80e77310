#include "check/upgraded.h"

#include <gtest/gtest.h>

#include "call/testing/upgrade_conversation.h"
#include "check/testing/judged.h"

namespace testigo::check {
namespace {

using namespace call::testing;
using namespace testing;
using call::StreamId;

TEST(Upgraded, IsJudgedFromWhereHttp2Begins) {
  const Conversation c = upgraded().call({.stream = 3});
  EXPECT_EQ(findings(c), nothing());
  for (const char* id : {"CN01", "CN02", "CN03", "CN04"}) EXPECT_EQ(outcome(c, id), "pass") << id;
  EXPECT_EQ(tally(c).counts.at("RQ04").reason, kUpgraded);
  EXPECT_EQ(outcome(unary(), "RQ04"), "pass");
}

TEST(Upgraded, FindsWhatIsWrongOnOtherStreams) {
  EXPECT_EQ(findings(upgraded().call({.stream = 3, .request = with(request_fields(), "te", "deflate")})),
            (std::vector<std::string>{"HD05 error", "RQ04 error"}));
}

// Nothing that the client sends of it belongs to HTTP/2's life of a stream.
TEST(Upgraded, LeavesStreamOneAlone) { EXPECT_EQ(findings(upgraded().client(window_update(1), rst_stream(1))), nothing()); }

Part credit(StreamId stream, std::uint32_t octets) {
  std::string payload;
  for (const unsigned shift : {24u, 16u, 8u, 0u}) payload.push_back(static_cast<char>(octets >> shift));
  return frame(http2::FrameType::WindowUpdate, 0, stream, payload);
}

Conversation& answers(Conversation& c, std::size_t octets) {
  c.client(headers(3, request_fields()), message(3, "x", EndStream::Yes)).server(headers(3, response_fields()));
  return c.server(data(3, std::string(octets, '\0')));
}

const std::string kWindow65537 = "AAQAAQAB", kWindow100 = "AAQAAABk", kFrames20000 = "AAUAAE4g";

// RFC 7540 section 3.2.1: the 101 acknowledges them.
TEST(Upgraded, TheSettingsOfTheRequestAreInForce) {
  const auto of = [](const std::string& http2_settings, std::size_t octets) {
    Conversation c = upgraded(http2_settings);
    c.client(credit(0, 1'000'000));
    return findings(answers(c, octets));
  };
  EXPECT_EQ(of(kWindow65537 + kFrames20000, 16'384), nothing());
  EXPECT_EQ(of(kWindow100, 100), nothing());
  EXPECT_EQ(of(kWindow100, 101), only("FC01 error"));
  EXPECT_EQ(of(kFrames20000, 20'000), nothing());
  EXPECT_EQ(of(kFrames20000, 20'001), only("CN09 error"));
  Conversation wide = upgraded(kWindow65537);
  answers(wide.client(credit(0, 1'000'000)), 0);
  for (int i = 0; i < 5; ++i) wide.server(data(3, std::string(13'107, '\0')));
  EXPECT_EQ(findings(wide), nothing());
  wide.server(data(3, "12"));
  EXPECT_EQ(findings(wide), nothing()) << "65,537 octets";
  EXPECT_EQ(findings(wide.server(data(3, "x"))), only("FC01 error"));
}

TEST(Upgraded, SettingsBehindThePrefaceComeAfterThose) {
  Conversation c = upgraded(kWindow100);
  c.client(settings({{http2::kSettingInitialWindowSize, 200}})).server(settings_ack());
  EXPECT_EQ(findings(answers(c, 200)), nothing());
}

// RFC 9113 section 6.9.1.
TEST(Upgraded, DataOfStreamOneIsTakenOffTheWindowOfTheConnection) {
  constexpr std::uint32_t kPage = 4;
  Conversation full = upgraded();
  full.client(credit(0, 0x7fff'ffff - 65'535), credit(0, kPage)).client(settings()).server(settings_ack());
  EXPECT_EQ(findings(full), nothing());
  EXPECT_EQ(findings(full.client(credit(0, 1)).client(settings()).server(settings_ack())), only("FC04 error"));
  Conversation used = upgraded();
  answers(used, 0);
  for (int i = 0; i < 4; ++i) used.server(data(3, std::string(16'382, '\0')));
  EXPECT_EQ(findings(used.server(data(3, "123"))), nothing()) << "65,531 octets";
  EXPECT_EQ(findings(used.server(data(3, "x"))), only("FC02 error"));
}

TEST(Upgraded, ThatIsRefusedBreaksTheRuleOfThePreface) {
  Conversation c;
  c.client(octets("GET / HTTP/1.1\r\nUpgrade: h2c\r\nHTTP2-Settings: AAEAAQAA\r\n\r\n")).server(octets("HTTP/1.1 200 OK\r\n\r\n"));
  EXPECT_EQ(findings(c), only("CN01 error"));
}

}  // namespace
}  // namespace testigo::check
