#include "wire/http2/frame.h"

#include <gtest/gtest.h>

namespace testigo::http2 {
namespace {

TEST(FrameTypeName, IsThatOfTheSpecification) {
  constexpr const char* kNames[] = {"DATA",         "HEADERS", "PRIORITY", "RST_STREAM",    "SETTINGS",
                                    "PUSH_PROMISE", "PING",    "GOAWAY",   "WINDOW_UPDATE", "CONTINUATION"};
  for (std::uint8_t type = 0; type < 10; ++type) EXPECT_EQ(frame_type_name(type), kNames[type]);
  EXPECT_EQ(frame_type_name(10), "UNKNOWN(0x0a)");
  EXPECT_EQ(frame_type_name(0x2f), "UNKNOWN(0x2f)");
  EXPECT_EQ(frame_type_name(255), "UNKNOWN(0xff)");
}

TEST(ErrorCodeName, IsThatOfTheSpecification) {
  EXPECT_EQ(error_code_name(kNoError), "NO_ERROR");
  EXPECT_EQ(error_code_name(kProtocolError), "PROTOCOL_ERROR");
  EXPECT_EQ(error_code_name(kInternalError), "INTERNAL_ERROR");
  EXPECT_EQ(error_code_name(kRefusedStream), "REFUSED_STREAM");
  EXPECT_EQ(error_code_name(kCancel), "CANCEL");
  EXPECT_EQ(error_code_name(kEnhanceYourCalm), "ENHANCE_YOUR_CALM");
  EXPECT_EQ(error_code_name(0x0d), "HTTP_1_1_REQUIRED");
  EXPECT_EQ(error_code_name(0x0e), "0x0e");
  EXPECT_EQ(error_code_name(0xffffffff), "0xffffffff");
}

TEST(SettingName, IsThatOfTheSpecification) {
  EXPECT_EQ(setting_name(kSettingHeaderTableSize), "HEADER_TABLE_SIZE");
  EXPECT_EQ(setting_name(kSettingEnablePush), "ENABLE_PUSH");
  EXPECT_EQ(setting_name(kSettingMaxConcurrentStreams), "MAX_CONCURRENT_STREAMS");
  EXPECT_EQ(setting_name(kSettingInitialWindowSize), "INITIAL_WINDOW_SIZE");
  EXPECT_EQ(setting_name(kSettingMaxFrameSize), "MAX_FRAME_SIZE");
  EXPECT_EQ(setting_name(kSettingMaxHeaderListSize), "MAX_HEADER_LIST_SIZE");
  EXPECT_EQ(setting_name(kSettingGrpcTrueBinaryMetadata), "GRPC_ALLOW_TRUE_BINARY_METADATA");
  EXPECT_EQ(setting_name(7), "0x07");
  EXPECT_EQ(setting_name(0xfafa), "0xfafa");
}

TEST(FrameHeader, KnowsItsTypeAndFlags) {
  const FrameHeader header{.type = 1, .flags = kFlagEndHeaders | kFlagPadded};
  EXPECT_TRUE(header.is(FrameType::Headers));
  EXPECT_FALSE(header.is(FrameType::Data));
  EXPECT_TRUE(header.has(kFlagEndHeaders));
  EXPECT_FALSE(header.has(kFlagEndStream));
}

TEST(SettingsFrame, ReadsItsEntries) {
  const auto octets = from_hex("0001 00001000  fe03 00000001");
  const SettingsFrame frame{octets};
  ASSERT_EQ(frame.size(), 2u);
  EXPECT_EQ(frame.at(0), (Setting{kSettingHeaderTableSize, 4096}));
  EXPECT_EQ(frame.at(1), (Setting{kSettingGrpcTrueBinaryMetadata, 1}));
}

}  // namespace
}  // namespace testigo::http2
