#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "check/testing/judged.h"

namespace testigo::check {
namespace {

using namespace call::testing;
using namespace testing;

using Names = std::vector<std::string>;

Part setting(std::uint16_t id, std::uint32_t value) { return settings({{id, value}}); }
Conversation by_client(std::uint16_t id, std::uint32_t value) { return greeted().client(setting(id, value)); }
Conversation by_server(std::uint16_t id, std::uint32_t value) { return greeted().server(setting(id, value)); }

TEST(Cn08, EnablePush) {
  EXPECT_EQ(findings(by_client(http2::kSettingEnablePush, 1)), nothing());
  EXPECT_EQ(findings(by_client(http2::kSettingEnablePush, 2)), only("CN08 error"));
  EXPECT_EQ(findings(by_server(http2::kSettingEnablePush, 0)), nothing());
  EXPECT_EQ(findings(by_server(http2::kSettingEnablePush, 1)), only("CN08 error"));
}

TEST(Cn08, InitialWindowSize) {
  EXPECT_EQ(findings(by_server(http2::kSettingInitialWindowSize, 0x7fff'ffff)), nothing());
  EXPECT_EQ(findings(by_server(http2::kSettingInitialWindowSize, 0x8000'0000)), (Names{"CN08 error", "FC04 error"}));
}

TEST(Cn08, MaxFrameSize) {
  for (const std::uint32_t size : {16'384u, 16'777'215u}) {
    EXPECT_EQ(findings(by_server(http2::kSettingMaxFrameSize, size)), nothing());
  }
  for (const std::uint32_t size : {0u, 16'383u, 16'777'216u}) {
    EXPECT_EQ(findings(by_server(http2::kSettingMaxFrameSize, size)), only("CN08 error"));
  }
}

TEST(Cn08, EnableConnectProtocol) {
  constexpr std::uint16_t kId = http2::kSettingEnableConnectProtocol;
  for (const std::uint32_t value : {0u, 1u}) {
    EXPECT_EQ(findings(by_server(kId, value).client(settings_ack())), nothing());
    EXPECT_EQ(findings(by_client(kId, value).server(settings_ack())), nothing());
  }
  EXPECT_EQ(findings(by_server(kId, 2)), only("CN08 error"));
  EXPECT_EQ(findings(by_client(kId, 7)), only("CN08 error"));
  EXPECT_EQ(findings(by_server(kId, 1).server(setting(kId, 1))), nothing());
  EXPECT_EQ(findings(by_server(kId, 1).server(setting(kId, 0))), only("CN08 error")) << "not withdrawn";
  EXPECT_EQ(findings(by_server(kId, 1).client(setting(kId, 0))), nothing()) << "of the other side";
}

TEST(Cn08, NoRfc7540Priorities) {
  constexpr std::uint16_t kId = http2::kSettingNoRfc7540Priorities;
  for (const std::uint32_t value : {0u, 1u}) EXPECT_EQ(findings(by_client(kId, value)), nothing());
  EXPECT_EQ(findings(by_client(kId, 2)), only("CN08 error"));
  EXPECT_EQ(findings(by_server(kId, 7)), only("CN08 error"));
}

TEST(Cn08, OtherSettingsAreIgnored) {
  for (const std::uint16_t id : {std::uint16_t{1}, std::uint16_t{3}, std::uint16_t{6}, std::uint16_t{0xfe03}}) {
    EXPECT_EQ(findings(by_server(id, 0xffff'ffff)), nothing());
  }
}

// → lost: the rows of that limit.
TEST(Cn08, AValueThatIsNotAllowedLimitsNothing) {
  Conversation c = by_server(http2::kSettingMaxFrameSize, 1);
  c.client(settings_ack(), headers(1, request_fields()), data(1, std::string(20'000, 'x')));
  EXPECT_EQ(findings(c), only("CN08 error"));
  EXPECT_EQ(outcome(c, "CN09"), "not-judgeable");
}

Part promise() { return push_promise(1, 2, request_fields()); }

TEST(Cn17, AClientNeverPushes) {
  EXPECT_EQ(findings(greeted().client(headers(1, request_fields()), promise())), only("CN17 error"));
}

TEST(Cn17, OnlyWhereTheClientAllowsIt) {
  EXPECT_EQ(findings(greeted().client(headers(1, request_fields())).server(promise())), nothing());
  Conversation c = by_client(http2::kSettingEnablePush, 0);
  c.server(settings_ack()).client(headers(1, request_fields())).server(promise());
  EXPECT_EQ(findings(c), only("CN17 error"));
}

// RULE 1.
TEST(Cn17, LoweringBindsFromTheAcknowledgement) {
  Conversation c = by_client(http2::kSettingEnablePush, 0);
  c.client(headers(1, request_fields())).server(promise(), settings_ack());
  EXPECT_EQ(findings(c), nothing());
  Conversation raised = by_client(http2::kSettingEnablePush, 0);
  raised.server(settings_ack()).client(setting(http2::kSettingEnablePush, 1), headers(1, request_fields())).server(promise());
  EXPECT_EQ(findings(raised), nothing());
}

TEST(Cn17, NotJudgeable) {
  Conversation c = by_client(http2::kSettingEnablePush, 0);
  c.server(settings_ack()).client(headers(1, request_fields())).acking(5000).server(promise());
  EXPECT_EQ(findings(c), nothing());
  EXPECT_EQ(outcome(c, "CN17"), "not-judgeable");
  Conversation unknown = by_client(http2::kSettingEnablePush, 7);
  unknown.server(settings_ack()).client(headers(1, request_fields())).server(promise());
  EXPECT_EQ(findings(unknown), only("CN08 error"));
  EXPECT_EQ(outcome(unknown, "CN17"), "not-judgeable");
}

}  // namespace
}  // namespace testigo::check
