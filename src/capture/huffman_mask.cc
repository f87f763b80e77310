#include "capture/huffman_mask.h"

#include <algorithm>
#include <array>
#include <vector>

#include "wire/http2/hpack_huffman.h"
#include "wire/http2/hpack_huffman_tables.h"

namespace testigo::capture {
namespace {

constexpr char kRawMask = '*';

// A character for each length that the code has. No step is wider than the eight lengths that legal padding gives: so some mixture
// of two neighbours always fits.
constexpr std::array<unsigned char, 21> kMasks = {'o', '-',  'x',  '*',  '!',  '+',  '#',  '$',  '^',  '<', '\\',
                                                  128, 0x99, 0x81, 0x87, 0x8e, 0xc7, 0xc0, 0xd3, 0xf9, 0x16};

constexpr std::size_t bits_of(unsigned char character) { return http2::kHuffmanBits[character]; }

constexpr bool ascend() {
  for (std::size_t i = 1; i < kMasks.size(); ++i) {
    const std::size_t step = bits_of(kMasks[i]) - bits_of(kMasks[i - 1]);
    if (step == 0 || step > 8) return false;
  }
  return bits_of(kMasks.front()) == 5 && bits_of(kMasks.back()) == http2::kHuffmanBitsMax;
}
static_assert(ascend());

}  // namespace

std::string huffman_mask(std::size_t characters, std::size_t octets) {
  const std::size_t room = 8 * octets;  // bits, of which the last seven may be padding
  if (characters == 0 || bits_of(kMasks.front()) * characters > room) return {};
  std::size_t low = 0;
  while (low + 1 < kMasks.size() && bits_of(kMasks[low + 1]) * characters <= room) ++low;
  const std::size_t high = std::min(low + 1, kMasks.size() - 1);
  const std::size_t low_bits = bits_of(kMasks[low]) * characters;
  const std::size_t step = bits_of(kMasks[high]) - bits_of(kMasks[low]);
  const std::size_t highs = step == 0 ? 0 : (room - low_bits) / step;
  if (room - low_bits - highs * step > 7) return {};
  return std::string(characters - highs, static_cast<char>(kMasks[low])) + std::string(highs, static_cast<char>(kMasks[high]));
}

void mask_string(std::span<std::byte> coded, bool huffman, std::size_t characters) {
  if (!huffman) {
    std::ranges::fill(coded, std::byte{kRawMask});
    return;
  }
  std::vector<std::byte> mask;
  mask.reserve(coded.size());
  http2::huffman_encode(huffman_mask(characters, coded.size()), mask);
  mask.resize(coded.size());
  std::ranges::copy(mask, coded.begin());
}

std::size_t characters_of(Bytes coded, bool huffman) {
  if (!huffman) return coded.size();
  std::vector<char> text(http2::huffman_decoded_max(coded.size()));
  char* end = text.data();
  const bool decoded = http2::huffman_decode(coded, end) == http2::HuffmanRead::Done;
  const auto characters = static_cast<std::size_t>(end - text.data());
  std::ranges::fill(text, '\0');  // it was a secret
  return decoded ? characters : 0;
}

}  // namespace testigo::capture
