#include "base/bytes.h"

#include <gtest/gtest.h>

namespace testigo {
namespace {

TEST(Bytes, AreEqualWhenTheOctetsAre) {
  const std::string one = "abc", same = "abc", shorter = "ab", other = "abd";
  EXPECT_EQ(as_octets(one), as_octets(same));
  EXPECT_FALSE(as_octets(one) == as_octets(shorter));
  EXPECT_FALSE(as_octets(one) == as_octets(other));
  EXPECT_EQ(Bytes(), as_octets(""));
}

TEST(Bytes, AreTextAndBack) {
  const std::string_view text("a\0\xff", 3);
  EXPECT_EQ(as_text(as_octets(text)), text);
  EXPECT_EQ(as_text(Bytes()), "");
}

TEST(Bytes, TakePartsOfThemselves) {
  const Bytes octets = as_octets("abcd");
  const Bytes part = octets.subspan(1, 2);
  EXPECT_EQ(as_text(part), "bc");
}

TEST(Numbers, AreInNetworkOrder) {
  const auto octets = from_hex("0102030405060708");
  EXPECT_EQ(load_number(octets.data(), 0), 0u);
  EXPECT_EQ(load_number(octets.data(), 1), 0x01u);
  EXPECT_EQ(load_number(octets.data(), 3), 0x010203u);
  EXPECT_EQ(load_number(octets.data(), 8), 0x0102030405060708u);
}

TEST(Numbers, KeepTheHighestBit) {
  const auto octets = from_hex("ffffffffffffffff");
  EXPECT_EQ(load_number(octets.data(), 4), 0xffffffffu);
  EXPECT_EQ(load_number(octets.data(), 8), ~std::uint64_t{0});
}

TEST(Numbers, ComeBackAsTheyWereAppended) {
  for (const std::uint64_t value : {std::uint64_t{0}, std::uint64_t{1}, std::uint64_t{0x80}, std::uint64_t{0xfedcba9876543210}}) {
    std::vector<std::byte> octets;
    append_number(octets, value, 8);
    ASSERT_EQ(octets.size(), 8u);
    EXPECT_EQ(load_number(octets.data(), 8), value);
  }
}

TEST(Numbers, AppendOnlyTheLowOctets) {
  std::vector<std::byte> octets = from_hex("aa");
  append_number(octets, 0x12345678, 3);
  append_number(octets, 0xff, 0);
  EXPECT_EQ(to_hex(octets), "aa345678");
}

TEST(Append, PutsOctetsBehind) {
  std::vector<std::byte> octets = from_hex("01");
  append(octets, as_octets("A"));
  append(octets, Bytes());
  EXPECT_EQ(to_hex(octets), "0141");
}

TEST(Hex, ShowsEveryOctet) {
  EXPECT_EQ(to_hex(Bytes()), "");
  EXPECT_EQ(to_hex(as_octets(std::string_view("\x00\x0f\xf0\xff", 4))), "000ff0ff");
}

TEST(Hex, IsReadInBothCasesPastWhiteSpace) {
  EXPECT_EQ(to_hex(from_hex("00 fF\n\tA0")), "00ffa0");
  EXPECT_TRUE(from_hex("").empty());
}

TEST(Hex, ComesBackForEveryOctet) {
  std::vector<std::byte> all;
  for (unsigned i = 0; i < 256; ++i) append_number(all, i, 1);
  EXPECT_EQ(from_hex(to_hex(all)), all);
}

}  // namespace
}  // namespace testigo
