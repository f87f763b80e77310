#include "wire/http2/hpack_huffman.h"

#include <gtest/gtest.h>

#include <optional>
#include <random>

#include "wire/http2/hpack_huffman_tables.h"

namespace testigo::http2 {
namespace {

struct Decoded {
  HuffmanRead outcome;
  std::string text;
};

Decoded decode(Bytes coded) {
  std::vector<char> room(huffman_decoded_max(coded.size()));
  char* to = room.data();
  const HuffmanRead outcome = huffman_decode(coded, to);
  return {outcome, std::string(room.data(), to)};
}

HuffmanRead outcome_of(std::string_view digits) { return decode(from_hex(digits)).outcome; }

std::vector<std::byte> encode(std::string_view text) {
  std::vector<std::byte> coded;
  huffman_encode(text, coded);
  return coded;
}

struct Case {
  std::string_view text;
  std::string_view coded;
};

// RFC 7541 C.4 and C.6.
constexpr Case kCases[] = {
    {"www.example.com", "f1e3c2e5f23a6ba0ab90f4ff"},
    {"no-cache", "a8eb10649cbf"},
    {"custom-key", "25a849e95ba97d7f"},
    {"custom-value", "25a849e95bb8e8b4bf"},
    {"302", "6402"},
    {"private", "aec3771a4b"},
    {"Mon, 21 Oct 2013 20:13:21 GMT", "d07abe941054d444a8200595040b8166e082a62d1bff"},
    {"https://www.example.com", "9d29ad171863c78f0b97c8e9ae82ae43d3"},
    {"307", "640eff"},
    {"gzip", "9bd9ab"},
    {"foo=ASDJKHQKBZXOQWEOPIUAXQWEOIU; max-age=3600; version=1",
     "94e7821dd7f2e6c7b335dfdfcd5b3960d5af27087f3672c1ab270fb5291f9587316065c003ed4ee5b1063d5007"},
    {"", ""},
};

TEST(Huffman, AgreesWithTheSpecification) {
  for (const Case& each : kCases) {
    EXPECT_EQ(to_hex(encode(each.text)), each.coded) << each.text;
    EXPECT_EQ(huffman_size(each.text), each.coded.size() / 2) << each.text;
    const Decoded decoded = decode(from_hex(each.coded));
    EXPECT_EQ(decoded.outcome, HuffmanRead::Done) << each.text;
    EXPECT_EQ(decoded.text, each.text);
  }
}

// RFC 7541 appendix B, a code of each length.
TEST(Huffman, HasTheCodesOfTheAppendix) {
  static constexpr HuffmanTables kTables = make_huffman_tables();
  EXPECT_EQ(kTables.codes['0'], 0x0u);
  EXPECT_EQ(kTables.codes['t'], 0x9u);
  EXPECT_EQ(kTables.codes[' '], 0x14u);
  EXPECT_EQ(kTables.codes[':'], 0x5cu);
  EXPECT_EQ(kTables.codes['Z'], 0xfdu);
  EXPECT_EQ(kTables.codes['?'], 0x3fcu);
  EXPECT_EQ(kTables.codes['\''], 0x7fau);
  EXPECT_EQ(kTables.codes['#'], 0xffau);
  EXPECT_EQ(kTables.codes[0], 0x1ff8u);
  EXPECT_EQ(kTables.codes['^'], 0x3ffcu);
  EXPECT_EQ(kTables.codes['<'], 0x7ffcu);
  EXPECT_EQ(kTables.codes['\\'], 0x7fff0u);
  EXPECT_EQ(kTables.codes[128], 0xfffe6u);
  EXPECT_EQ(kTables.codes[1], 0x7fffd8u);
  EXPECT_EQ(kTables.codes[2], 0xfffffe2u);
  EXPECT_EQ(kTables.codes['\n'], 0x3ffffffcu);
  EXPECT_EQ(kTables.codes[kHuffmanEos], 0x3fffffffu);
}

TEST(Huffman, TakesEveryOctetBesideEveryOther) {
  for (unsigned pair = 0; pair < 65536; ++pair) {
    const char text[] = {static_cast<char>(pair >> 8), static_cast<char>(pair & 255), 'x'};
    const Decoded decoded = decode(encode({text, 3}));
    ASSERT_EQ(decoded.outcome, HuffmanRead::Done) << pair;
    ASSERT_EQ(decoded.text, std::string_view(text, 3)) << pair;
  }
}

TEST(Huffman, TakesTextsOfEveryLength) {
  std::mt19937 random(1);
  for (std::size_t size = 0; size < 600; ++size) {
    const unsigned span = size % 3 == 0 ? 256 : size % 3 == 1 ? 10 : 96;
    std::string text;
    for (std::size_t i = 0; i < size; ++i) text += static_cast<char>((span == 256 ? 0 : span == 10 ? '0' : ' ') + random() % span);
    const Decoded decoded = decode(encode(text));
    ASSERT_EQ(decoded.outcome, HuffmanRead::Done) << size;
    ASSERT_EQ(decoded.text, text) << size;
  }
}

TEST(Huffman, RefusesPaddingThatIsNotOfEos) {
  EXPECT_EQ(outcome_of("00"), HuffmanRead::Padding);  // "0" and three zeros
  EXPECT_EQ(outcome_of("06"), HuffmanRead::Padding);  // "0", then 110
  EXPECT_EQ(outcome_of("07"), HuffmanRead::Done);
}

TEST(Huffman, RefusesPaddingOfEightBitsAndMore) {
  EXPECT_EQ(outcome_of("ff"), HuffmanRead::Padding);
  EXPECT_EQ(outcome_of("07ff"), HuffmanRead::Padding);
  EXPECT_EQ(outcome_of("ffff"), HuffmanRead::Padding);
  EXPECT_EQ(outcome_of("ffffff"), HuffmanRead::Padding);
}

TEST(Huffman, RefusesEos) {
  EXPECT_EQ(outcome_of("ffffffff"), HuffmanRead::Eos);
  EXPECT_EQ(outcome_of("fffffffc"), HuffmanRead::Eos);
  EXPECT_EQ(outcome_of("07ffffffff"), HuffmanRead::Eos);
  EXPECT_EQ(outcome_of("07fffffffc00000000000000000000"), HuffmanRead::Eos);
}

// One bit after the other through the tree, as the specification says it: slow, and plain to see.
std::optional<std::string> decode_slowly(Bytes coded) {
  static constexpr HuffmanTables kTables = make_huffman_tables();
  std::string text;
  std::uint32_t code = 0;
  unsigned bits = 0;
  for (std::size_t i = 0; i < coded.size() * 8; ++i) {
    code = code << 1 | (std::to_integer<unsigned>(coded[i / 8]) >> (7 - i % 8) & 1);
    ++bits;
    const HuffmanLength& length = kTables.lengths[bits];
    if (length.end == 0 && bits != kHuffmanBitsMax) continue;
    if (bits != kHuffmanBitsMax && code >= length.end >> (32 - bits)) continue;
    const unsigned symbol = kTables.symbols[length.first_symbol + code - length.first_code];
    if (symbol == kHuffmanEos) return std::nullopt;
    text += static_cast<char>(symbol);
    code = bits = 0;
  }
  if (bits > 7 || code != (1u << bits) - 1) return std::nullopt;
  return text;
}

TEST(Huffman, AgreesWithTheTreeOnAnyOctets) {
  std::mt19937 random(2);
  for (int round = 0; round < 100'000; ++round) {
    std::vector<std::byte> coded(random() % (round % 8 == 0 ? 40 : 12));
    const unsigned ones = round % 4 == 0 ? 0xf0 : 0;
    for (std::byte& octet : coded) octet = static_cast<std::byte>(random() % 256 | ones);
    if (round % 3 == 0 && !coded.empty()) coded.back() |= std::byte{0x1f};
    const auto expected = decode_slowly(coded);
    const Decoded got = decode(coded);
    ASSERT_EQ(got.outcome == HuffmanRead::Done, expected.has_value()) << to_hex(coded);
    ASSERT_EQ(expected.value_or(got.text), got.text) << to_hex(coded);
  }
}

}  // namespace
}  // namespace testigo::http2
