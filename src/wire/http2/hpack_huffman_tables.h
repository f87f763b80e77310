// The code of RFC 7541 appendix B as tables. It is canonical: shorter codes come first, those of one length follow the order of the
// symbols. So the lengths of the codes say everything, and the rest is computed from them while compiling.
#pragma once

#include <array>
#include <cstdint>

namespace testigo::http2 {

constexpr unsigned kHuffmanSymbols = 257;
constexpr unsigned kHuffmanEos = 256;
constexpr unsigned kHuffmanBitsMax = 30;

// Bits of the code of each octet, and of EOS.
constexpr std::array<std::uint8_t, kHuffmanSymbols> kHuffmanBits = {
    13, 23, 28, 28, 28, 28, 28, 28, 28, 24, 30, 28, 28, 30, 28, 28, 28, 28, 28, 28, 28, 28, 30, 28, 28, 28, 28, 28, 28,
    28, 28, 28, 6,  10, 10, 12, 13, 6,  8,  11, 10, 10, 8,  11, 8,  6,  6,  6,  5,  5,  5,  6,  6,  6,  6,  6,  6,  6,
    7,  8,  15, 6,  12, 10, 13, 6,  7,  7,  7,  7,  7,  7,  7,  7,  7,  7,  7,  7,  7,  7,  7,  7,  7,  7,  7,  7,  7,
    7,  8,  7,  8,  13, 19, 13, 14, 6,  15, 5,  6,  5,  6,  5,  6,  6,  6,  5,  7,  7,  6,  6,  6,  5,  6,  7,  6,  5,
    5,  6,  7,  7,  7,  7,  7,  15, 11, 14, 13, 28, 20, 22, 20, 20, 22, 22, 22, 23, 22, 23, 23, 23, 23, 23, 24, 23, 24,
    24, 22, 23, 24, 23, 23, 23, 23, 21, 22, 23, 22, 23, 23, 24, 22, 21, 20, 22, 22, 23, 23, 21, 23, 22, 22, 24, 21, 22,
    23, 23, 21, 21, 22, 21, 23, 22, 23, 23, 20, 22, 22, 22, 23, 22, 22, 23, 26, 26, 20, 19, 22, 23, 22, 25, 26, 26, 26,
    27, 27, 26, 24, 25, 19, 21, 26, 27, 27, 26, 27, 24, 21, 21, 26, 26, 28, 27, 27, 27, 20, 24, 20, 21, 22, 21, 21, 23,
    22, 22, 25, 25, 24, 24, 26, 23, 26, 27, 26, 26, 27, 27, 27, 27, 27, 28, 27, 27, 27, 27, 27, 26, 30};

// Codes of up to this many bits are found in one step, two at a time where they fit.
constexpr unsigned kHuffmanStepBits = 12;

struct HuffmanStep {
  std::uint8_t bits = 0;   // of all its symbols
  std::uint8_t count = 0;  // of them; 0 when the code is longer than a step
  std::uint8_t symbols[2] = {};
};

// The codes of one length.
struct HuffmanLength {
  std::uint32_t first_code = 0;
  std::uint32_t end = 0;           // one past the last code, moved to the top of 32 bits; 0 when there is none of this length
  std::uint32_t first_symbol = 0;  // its place in `symbols`
};

struct HuffmanTables {
  std::array<std::uint32_t, kHuffmanSymbols> codes{};
  std::array<std::uint16_t, kHuffmanSymbols> symbols{};  // in the order of their codes
  std::array<HuffmanLength, kHuffmanBitsMax + 1> lengths{};
  std::array<HuffmanStep, std::size_t{1} << kHuffmanStepBits> steps{};  // by the next bits, inverted
};

constexpr void assign_codes(HuffmanTables& tables) {
  std::uint32_t code = 0;
  std::uint32_t place = 0;
  for (unsigned bits = 1; bits <= kHuffmanBitsMax; ++bits) {
    code <<= 1;
    HuffmanLength& length = tables.lengths[bits];
    length.first_code = code;
    length.first_symbol = place;
    for (unsigned symbol = 0; symbol < kHuffmanSymbols; ++symbol) {
      if (kHuffmanBits[symbol] != bits) continue;
      tables.codes[symbol] = code++;
      tables.symbols[place++] = static_cast<std::uint16_t>(symbol);
    }
    // The end of the longest ones does not fit into 32 bits, and nobody asks for it.
    if (place != length.first_symbol) length.end = code << (32 - bits);
  }
}

// Enters the symbols wherever a step begins with their codes.
constexpr void fill_step(HuffmanTables& tables, unsigned first, unsigned second, bool pair) {
  const unsigned first_bits = kHuffmanBits[first];
  const unsigned all_bits = first_bits + (pair ? kHuffmanBits[second] : 0u);
  if (all_bits > kHuffmanStepBits) return;
  const std::uint32_t code = pair ? tables.codes[first] << kHuffmanBits[second] | tables.codes[second] : tables.codes[first];
  const std::uint32_t start = code << (kHuffmanStepBits - all_bits);
  for (std::uint32_t i = 0; i < 1u << (kHuffmanStepBits - all_bits); ++i) {
    HuffmanStep& step = tables.steps[tables.steps.size() - 1 - (start + i)];
    step.bits = static_cast<std::uint8_t>(all_bits);
    step.count = pair ? 2 : 1;
    step.symbols[0] = static_cast<std::uint8_t>(first);
    step.symbols[1] = static_cast<std::uint8_t>(second);
  }
}

constexpr HuffmanTables make_huffman_tables() {
  HuffmanTables tables;
  assign_codes(tables);
  for (unsigned symbol = 0; symbol < kHuffmanEos; ++symbol) fill_step(tables, symbol, 0, false);
  // In the order of the codes, so that the search ends with the first code that is too long.
  for (const unsigned first : tables.symbols) {
    if (kHuffmanBits[first] + 5u > kHuffmanStepBits) break;
    for (const unsigned second : tables.symbols) {
      if (kHuffmanBits[first] + kHuffmanBits[second] > kHuffmanStepBits) break;
      fill_step(tables, first, second, true);
    }
  }
  return tables;
}

}  // namespace testigo::http2
