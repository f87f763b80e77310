#include "schema/reading.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "schema/testing/written.h"

namespace testigo::schema {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class ReadingTest : public ::testing::Test {
 protected:
  Reading read(std::string_view hex) const { return read_message(schema_.method("/t.S/Unary")->request, from_hex(hex)); }
  std::string wrong(std::string_view hex) const {
    const Reading reading = read(hex);
    EXPECT_EQ(reading.parse == Parse::Malformed, !reading.wrong.empty());
    return reading.wrong;
  }

  Schema schema_ = testing::written(testing::kProto);
};

TEST_F(ReadingTest, WhatParses) {
  for (const char* hex : {"", "0a 07 636c69656e7431 10 07", "1a 04 0a 02 4142", "1a 00", "20 01 20 02", "22 03 01 96 01",
                          "2a 05 0a 01 61 10 05", "49 0000000000000000", "55 01000000", "62 04 00000000", "65 00000000",
                          "6a 08 0000000000000000", "10 ff ff ff ff ff ff ff ff ff 01"}) {
    EXPECT_EQ(read(hex), Reading{}) << hex;
  }
}

TEST_F(ReadingTest, WhatDoesNot) {
  EXPECT_EQ(wrong("10 07 0a 64 41"), "a field that ends behind its message at octet 2, in t.Request");
  EXPECT_EQ(wrong("1a 03 10 02 0a"), "a length that does not end at octet 4, in t.Inner");
  EXPECT_EQ(wrong("00 01"), "a field of number 0 at octet 0, in t.Request");
  EXPECT_EQ(wrong("0f"), "a wire type that there is not at octet 0, in t.Request");
  EXPECT_EQ(wrong("80"), "a tag that does not end at octet 0, in t.Request");
  EXPECT_EQ(wrong("10 ff"), "a number that does not end at octet 0, in t.Request");
  EXPECT_EQ(wrong("55 0000"), "a number that ends behind its message at octet 0, in t.Request");
  EXPECT_EQ(wrong("0a 01 ff"), "a string that is not UTF-8 at octet 0, in t.Request");
  EXPECT_EQ(wrong("22 02 01 96"), "a packed list that ends in the middle of a number at octet 0, in t.Request");
  EXPECT_EQ(wrong("62 06 000000000000"), "a packed list that ends in the middle of a number at octet 0, in t.Request");
  EXPECT_EQ(wrong("6a 0c 000000000000000000000000"), "a packed list that ends in the middle of a number at octet 0, in t.Request");
  EXPECT_EQ(wrong("0c"), "the end of a group that did not begin at octet 0, in t.Request");
  EXPECT_EQ(wrong("f3 07 08 01"), "a group that does not end at octet 4");
  EXPECT_EQ(wrong("f3 07 f4 06"), "the end of a group that did not begin at octet 2");
  EXPECT_EQ(wrong("42 01 ff"), "");  // bytes
}

TEST_F(ReadingTest, WhatTheTypeDoesNotKnow) {
  const Reading reading = read("78 01  78 02  3a 01 41  1a 03 a2 06 00");
  EXPECT_EQ(reading.parse, Parse::Parsed);
  EXPECT_THAT(reading.drift,
              ElementsAre("t.Request has no field 15 (a varint)", "t.Request.colour is enum, and came as octets with a length",
                          "t.Inner has no field 100 (octets with a length)"));
  EXPECT_EQ(reading.clash, reading.drift[1]);
  EXPECT_EQ(read("78 01").clash, "");
}

TEST_F(ReadingTest, DriftIsBounded) {
  std::vector<std::byte> octets;
  for (int field = 12; field < 2000; ++field) {
    octets.push_back(static_cast<std::byte>((field << 3 & 0x7f) | 0x80));
    octets.push_back(static_cast<std::byte>(field >> 4));
    octets.push_back(std::byte{1});
  }
  const Reading reading = read_message(schema_.method("/t.S/Unary")->request, Bytes(octets).first(octets.size() / 2 / 3 * 3));
  EXPECT_LE(reading.drift.size(), 10u);
  EXPECT_THAT(reading.wrong, IsEmpty());
}

TEST_F(ReadingTest, AsDeepAsReceiversGo) {
  const auto nested = [](int levels) {
    std::string inner;
    for (int i = 0; i < levels; ++i) {
      std::string length;
      for (std::size_t rest = inner.size(); length.empty() || rest != 0; rest >>= 7) {
        if (!length.empty()) length.back() = static_cast<char>(length.back() | 0x80);
        length += static_cast<char>(rest & 0x7f);
      }
      inner = "\x1a" + length + inner;
    }
    return inner;
  };
  const Type type = schema_.method("/t.S/Unary")->request;
  EXPECT_EQ(read_message(type, as_octets(nested(100))).parse, Parse::Parsed);
  EXPECT_EQ(read_message(type, as_octets(nested(101))).parse, Parse::TooDeep);
  EXPECT_EQ(read_message(type, as_octets(nested(5'000))).parse, Parse::TooDeep);
  EXPECT_TRUE(schema_.json(type, as_octets(nested(10))));
  schema_.json(type, as_octets(nested(5'000)));
}

}  // namespace
}  // namespace testigo::schema
