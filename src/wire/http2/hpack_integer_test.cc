#include "wire/http2/hpack_integer.h"

#include <gtest/gtest.h>

namespace testigo::http2 {
namespace {

struct Read {
  IntegerRead outcome;
  std::uint32_t value;
  std::size_t used;
};

Read read(std::string_view digits, unsigned prefix_bits) {
  const std::vector<std::byte> octets = from_hex(digits);
  const std::byte* at = octets.data();
  std::uint32_t value = 0;
  const IntegerRead outcome = read_integer(at, octets.data() + octets.size(), prefix_bits, value);
  return {outcome, value, static_cast<std::size_t>(at - octets.data())};
}

void expect_value(std::string_view digits, unsigned prefix_bits, std::uint32_t value, std::size_t used) {
  const Read got = read(digits, prefix_bits);
  EXPECT_EQ(got.outcome, IntegerRead::Done) << digits;
  EXPECT_EQ(got.value, value) << digits;
  EXPECT_EQ(got.used, used) << digits;
}

// RFC 7541 C.1.1 to C.1.3.
TEST(ReadInteger, ReadsTheExamplesOfTheSpecification) {
  expect_value("ea", 5, 10, 1);
  expect_value("ff9a0a", 5, 1337, 3);
  expect_value("2a", 8, 42, 1);
}

TEST(ReadInteger, LeavesWhatFollows) {
  expect_value("0aff", 5, 10, 1);
  expect_value("1f9a0aff", 5, 1337, 3);
}

TEST(ReadInteger, ReadsTheLimitsOfThePrefix) {
  expect_value("7e", 7, 126, 1);
  expect_value("7f00", 7, 127, 2);
  expect_value("7f01", 7, 128, 2);
  expect_value("7f8000", 7, 127, 3);
}

TEST(ReadInteger, ReadsUpTo32Bits) {
  expect_value("1fe0ffffff0f", 5, 0xffffffff, 6);
  expect_value("7f80ffffff0f", 7, 0xffffffff, 6);
  expect_value("7f8080808000", 7, 127, 6);
}

TEST(ReadInteger, RefusesMore) {
  for (const std::string_view digits :
       {"1fe1ffffff0f", "1fffffffff0f", "1fffffffff7f", "1f808080801f", "1f808080808000", "1fffffffffffffffffff7f"}) {
    EXPECT_EQ(read(digits, 5).outcome, IntegerRead::TooLarge) << digits;
  }
}

TEST(ReadInteger, NeedsMoreWhereItIsCut) {
  for (const std::string_view digits : {"1f", "1f80", "1fe0ffffff"})
    EXPECT_EQ(read(digits, 5).outcome, IntegerRead::NeedMore) << digits;
}

TEST(AppendInteger, ComesBack) {
  for (const unsigned prefix_bits : {4u, 5u, 6u, 7u}) {
    for (unsigned bits = 0; bits < 32; ++bits) {
      for (const std::uint32_t value : {(1u << bits) - 1, 1u << bits, (1u << bits) + 1, ~(1u << bits)}) {
        std::vector<std::byte> octets;
        append_integer(octets, 0x80, prefix_bits, value);
        EXPECT_EQ(octets[0] & std::byte{0x80}, std::byte{0x80});
        expect_value(to_hex(octets), prefix_bits, value, octets.size());
      }
    }
  }
}

}  // namespace
}  // namespace testigo::http2
