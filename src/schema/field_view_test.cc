#include "schema/field_view.h"

#include <gtest/gtest.h>

namespace testigo::schema {
namespace {

std::string view(std::string_view hex, std::size_t text_max = 4096) {
  const auto octets = from_hex(hex);
  return field_view(octets, octets.size(), text_max);
}

TEST(FieldView, EveryWireType) {
  EXPECT_EQ(view(""), "");
  EXPECT_EQ(view("08 96 01"), "1: 150");
  EXPECT_EQ(view("09 0100000000000000  15 02000000"), "1: 0x0000000000000001, 2: 0x00000002");
  EXPECT_EQ(view("0a 07 636c69656e7431  10 07"), "1: \"client1\", 2: 7");
  EXPECT_EQ(view("0a 00"), "1: \"\"");
  EXPECT_EQ(view("0a 02 00ff"), "1: <00ff>");
  EXPECT_EQ(view("2a 06 08 80 e2 cf aa 06"), "5: {1: 1700000000}");
  EXPECT_EQ(view("0b 10 05 0c 10 01"), "1: group {2: 5}, 2: 1");
}

// The octets 0a 01 41 are a line break, a control character and "A"; those of 28 61 are "(a", and field 5 with 97.
TEST(FieldView, WhatMayBeTwoThingsIsToldAsBoth) {
  EXPECT_EQ(view("0a 02 28 61"), "1: {5: 97} or \"(a\"");
  EXPECT_EQ(view("0a 03 0a 01 41"), "1: {1: \"A\"}");
}

TEST(FieldView, IsInert) {
  EXPECT_EQ(view("0a 05 1b 5b 33 31 6d"), "1: <1b5b33316d>");
  EXPECT_EQ(view("0a 03 22 5c 0a"), "1: \"\\\"\\\\\\x0a\"");
  EXPECT_EQ(view("0a 02 c2 9b"), "1: <c29b>");
}

TEST(FieldView, WhatIsNoField) {
  EXPECT_EQ(view("10 05 00 01"), "2: 5 … 2 octets that are no field");
  EXPECT_EQ(view("0a 05 41"), "… 3 octets that are no field");
  EXPECT_EQ(view("0e"), "… 1 octets that are no field");
  EXPECT_EQ(view("0c"), "… 1 octets that are no field");
  EXPECT_EQ(view("0b 10 05"), "1: group {2: 5 … 0 octets that are no field: a group does not end");
}

TEST(FieldView, OfALongMessageItShowsTheFirstFields) {
  const auto octets = from_hex("08 01 0a 05 41");
  EXPECT_EQ(field_view(octets, 100, 4096), "1: 1 … 98 more octets");
  EXPECT_EQ(field_view(Bytes(octets).first(2), 100, 4096), "1: 1 … 98 more octets");
  EXPECT_EQ(view("08 01 08 02 08 03 08 04", 6), "1: 1, 1: 2 … 4 more octets");
  EXPECT_EQ(view("0a 04 08 01 08 02 10 03", 3), "1: { … 6 more octets");
}

// Each level is opened in place, on a stack of our own, and only so deep.
TEST(FieldView, DepthIsBounded) {
  std::vector<std::byte> octets;
  for (int i = 0; i < 100'000; ++i) octets.push_back(std::byte{0x0b});
  EXPECT_LT(field_view(octets, octets.size(), 4096).size(), 5000u);
  std::string nested;
  for (int i = 0; i < 60; ++i) nested = std::string("\x0a") + static_cast<char>(nested.size()) + nested;
  const std::string shown = field_view(as_octets(nested), nested.size(), 4096);
  EXPECT_NE(shown.find('<'), std::string::npos) << shown;
}

}  // namespace
}  // namespace testigo::schema
