#include "wire/rpc/rich_status.h"

#include <string>

#include <gtest/gtest.h>

namespace testigo::rpc {
namespace {

TEST(RichStatus, CodeAndMessage) {
  const std::string octets("\x08\x05\x12\x04lost\x1a\x02\x0a\x00", 12);
  EXPECT_EQ(read_rich_status(octets)->code, 5);
  EXPECT_EQ(read_rich_status(octets)->message, "lost");
}

TEST(RichStatus, WhatIsMissingIsEmpty) {
  EXPECT_EQ(read_rich_status("")->code, 0);
  EXPECT_EQ(read_rich_status("")->message, "");
  EXPECT_EQ(read_rich_status("\x12\x01x")->code, 0);
}

TEST(RichStatus, UnknownFieldsArePassedOver) {
  const std::string octets(
      "\x20\x07\x29"
      "12345678"
      "\x35"
      "1234"
      "\x3a\x01x"
      "\x08\x03",
      21);
  ASSERT_TRUE(read_rich_status(octets));
  EXPECT_EQ(read_rich_status(octets)->code, 3);
}

TEST(RichStatus, NegativeCodesTakeTenOctets) {
  EXPECT_EQ(read_rich_status("\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01")->code, -1);
}

TEST(RichStatus, WhatIsNone) {
  for (const std::string& octets :
       {std::string("\x08"), std::string("\x08\x80"), std::string("\x12\x05lost"), std::string("\x12"), std::string("\x0b"),
        std::string("\0\0", 2), std::string("\x0d\x01\x02"), std::string("hello"), std::string(12, '\xff')}) {
    EXPECT_FALSE(read_rich_status(octets)) << octets;
  }
}

}  // namespace
}  // namespace testigo::rpc
