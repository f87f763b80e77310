#include "capture/huffman_mask.h"

#include <gtest/gtest.h>

#include <random>

#include "wire/http2/hpack_huffman.h"
#include "wire/http2/hpack_huffman_tables.h"

namespace testigo::capture {
namespace {

std::vector<std::byte> coded(std::string_view text) {
  std::vector<std::byte> octets;
  http2::huffman_encode(text, octets);
  return octets;
}

std::optional<std::string> decoded(Bytes octets) {
  std::vector<char> text(http2::huffman_decoded_max(octets.size()));
  char* end = text.data();
  if (http2::huffman_decode(octets, end) != http2::HuffmanRead::Done) return std::nullopt;
  return std::string(text.data(), end);
}

// What is written must decode, to as many characters, and be made of the two numbers alone.
void expect_masked(std::string_view secret) {
  std::vector<std::byte> octets = coded(secret);
  const std::size_t size = octets.size();
  ASSERT_EQ(characters_of(octets, true), secret.size());
  mask_string(octets, true, secret.size());
  EXPECT_EQ(octets.size(), size);
  const auto text = decoded(octets);
  ASSERT_TRUE(text) << secret.size() << " characters in " << size << " octets";
  EXPECT_EQ(text->size(), secret.size());
  EXPECT_EQ(*text, huffman_mask(secret.size(), size));
}

TEST(HuffmanMask, FitsEveryPairOfNumbersThatSomeTextHas) {
  for (std::size_t characters = 1; characters <= 70; ++characters) {
    const std::size_t least = (characters * 5 + 7) / 8, most = (characters * http2::kHuffmanBitsMax + 7) / 8;
    for (std::size_t octets = least; octets <= most; ++octets) {
      const std::string mask = huffman_mask(characters, octets);
      EXPECT_EQ(mask.size(), characters) << octets;
      EXPECT_EQ(http2::huffman_size(mask), octets) << characters;
    }
    EXPECT_EQ(huffman_mask(characters, most + 1), "");
    EXPECT_EQ(huffman_mask(characters, least - 1), "");
  }
}

TEST(HuffmanMask, IsPrintableForTexts) {
  for (const char* secret : {"Bearer eyJhbGciOiJIUzI1NiJ9.e30.ZRrHA1JJJW8opsbCGfG_HACGpVUMN_a9IV7pAx_Zmeo", "a", "0123456789",
                             "~~~~", "session=\\\\\\\\\\\\"}) {
    const std::string mask = huffman_mask(std::string_view(secret).size(), http2::huffman_size(secret));
    EXPECT_TRUE(std::ranges::all_of(mask, [](char c) { return c > ' ' && c < 0x7f; })) << mask;
    expect_masked(secret);
  }
}

TEST(HuffmanMask, TakesExtremes) {
  for (const std::size_t size : {1, 2, 3, 7, 8, 9, 100, 4096, 70'000}) {
    expect_masked(std::string(size, 'a'));     // 5 bits each
    expect_masked(std::string(size, '\n'));    // 30 bits each
    expect_masked(std::string(size, '\x01'));  // 23
    expect_masked(std::string(size, '\xff'));  // 26
  }
}

TEST(HuffmanMask, TakesAnyText) {
  std::mt19937_64 random(7);
  for (int i = 0; i < 20'000; ++i) {
    std::string secret(1 + random() % 60, ' ');
    const bool plain = random() % 2 == 0;
    for (char& c : secret) c = static_cast<char>(plain ? '!' + random() % 94 : random() % 256);
    expect_masked(secret);
  }
}

TEST(HuffmanMask, TellsTwoSecretsOfTheSameLengthsNotApart) {
  std::vector<std::byte> one = coded("secret1"), other = coded("1terces");
  mask_string(one, true, 7), mask_string(other, true, 7);
  EXPECT_EQ(one, other);
}

TEST(HuffmanMask, MasksRawStringsAndClearsWhatIsNoCode) {
  std::string raw = "hunter2";
  mask_string(std::as_writable_bytes(std::span(raw)), false, raw.size());
  EXPECT_EQ(raw, "*******");
  std::vector<std::byte> eos(5, std::byte{0xff});
  EXPECT_EQ(characters_of(eos, true), 0u);
  mask_string(eos, true, 0);
  EXPECT_EQ(eos, std::vector<std::byte>(5));
}

}  // namespace
}  // namespace testigo::capture
