#include "wire/http2/frame_encoder.h"

#include <gtest/gtest.h>

#include "wire/http2/frame_decoder.h"
#include "wire/http2/testing/frame_cases.h"

namespace testigo::http2 {
namespace {

TEST(EncodeFrame, WritesEveryTypeAsItWas) {
  for (const FrameCase& each : all_frame_cases()) {
    std::vector<std::byte> out;
    encode_frame(each.frame, out);
    EXPECT_EQ(to_hex(out), to_hex(each.octets)) << each.what;
  }
}

TEST(EncodeFrame, Appends) {
  std::vector<std::byte> out = from_hex("aa");
  encode_frame({head(FrameType::RstStream, 0, 1), RstStreamFrame{8}}, out);
  encode_frame({head(FrameType::Settings, kFlagAck, 0), SettingsFrame{}}, out);
  EXPECT_EQ(to_hex(out), "aa00000403000000000100000008000000040100000000");
}

TEST(EncodeFrame, TakesTheLengthFromThePayload) {
  FrameHeader header = head(FrameType::Data, 0, 1);
  header.length = 77;
  std::vector<std::byte> out;
  encode_frame({header, DataFrame{lasting("0102"), {}}}, out);
  EXPECT_EQ(to_hex(out), "0000020000000000010102");
}

TEST(EncodeFrame, WritesTheLargestLength) {
  const std::vector<std::byte> data((std::size_t{1} << 24) - 1, std::byte{0x5a});
  std::vector<std::byte> out;
  encode_frame({head(FrameType::Data, 0, 1), DataFrame{data, {}}}, out);
  ASSERT_EQ(out.size(), data.size() + kFrameHeaderBytes);
  EXPECT_EQ(decode_frame_header(out.data()).length, data.size());
}

}  // namespace
}  // namespace testigo::http2
