#include "wire/http2/hpack_encoder.h"

#include <gtest/gtest.h>

namespace testigo::http2 {
namespace {

std::string encode(HpackEncoder& encoder, const FieldToEncode& field) {
  std::vector<std::byte> block;
  encoder.encode(field, block);
  return to_hex(block);
}

TEST(HpackEncoder, TakesTheBestIndex) {
  HpackEncoder encoder;
  EXPECT_EQ(encode(encoder, {":method", "POST"}), "83");
  EXPECT_EQ(encode(encoder, {"te", "x"}), "400274650178");
  EXPECT_EQ(encode(encoder, {"te", "x"}), "be");
  EXPECT_EQ(encode(encoder, {"te", "y"}), "7e0179");
  EXPECT_EQ(encode(encoder, {"te", "x"}), "bf");
  EXPECT_EQ(encode(encoder, {":status", "7"}), "480137");
}

TEST(HpackEncoder, DoesAsItIsTold) {
  HpackEncoder encoder;
  EXPECT_EQ(encode(encoder, {"authorization", "x", Representation::NeverIndexed}), "1f080178");
  EXPECT_EQ(encode(encoder, {"te", "x", Representation::WithoutIndexing}), "000274650178");
  EXPECT_EQ(encode(encoder, {"te", "x", Representation::IncrementalIndexing}), "400274650178");
  EXPECT_EQ(encode(encoder, {"te", "x", Representation::IncrementalIndexing}), "7e0178");
  EXPECT_EQ(encode(encoder, {"te", "x", Representation::NeverIndexed}), "1f2f0178");
}

TEST(HpackEncoder, CodesOnlyWhatGetsShorter) {
  HpackEncoder with(true), without(false);
  EXPECT_EQ(encode(with, {":status", "302", Representation::WithoutIndexing}), "08826402");
  EXPECT_EQ(encode(with, {":status", "307", Representation::WithoutIndexing}), "0803333037");
  EXPECT_EQ(encode(with, {":path", "\xff", Representation::WithoutIndexing}), "0401ff");
  EXPECT_EQ(encode(without, {":path", "/zz", Representation::WithoutIndexing}), "04032f7a7a");
}

TEST(HpackEncoder, ForgetsWhatASmallerTableEvicts) {
  HpackEncoder encoder;
  encode(encoder, {"te", "x"});
  std::vector<std::byte> block;
  encoder.resize(0, block);
  encoder.resize(4096, block);
  EXPECT_EQ(to_hex(block), "203fe11f");
  EXPECT_EQ(encode(encoder, {"te", "x"}), "400274650178");
}

}  // namespace
}  // namespace testigo::http2
