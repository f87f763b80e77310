#include "wire/http2/hpack_huffman.h"

#include <algorithm>
#include <bit>
#include <cstring>

#include "wire/http2/hpack_huffman_tables.h"

namespace testigo::http2 {
namespace {

constexpr HuffmanTables kTables = make_huffman_tables();

template <typename Number>
std::uint64_t load_big_endian(const std::byte* from) {
  Number number = 0;
  std::memcpy(&number, from, sizeof number);
  if constexpr (std::endian::native == std::endian::big) return number;
  return __builtin_bswap64(number) >> (64 - 8 * sizeof number);
}

// 1 to 8 octets at the top of the number, zeros below. Without a loop: short strings are most of the strings.
std::uint64_t load_top(const std::byte* from, std::size_t size) {
  if (size == 8) return load_big_endian<std::uint64_t>(from);
  const std::size_t unused_bits = 64 - 8 * size;
  if (size >= 4) {
    return load_big_endian<std::uint32_t>(from) << 32 | load_big_endian<std::uint32_t>(from + size - 4) << unused_bits;
  }
  const auto octet = [&](std::size_t i) { return std::to_integer<std::uint64_t>(from[i]) << (56 - 8 * i); };
  return octet(0) | octet(size / 2) | octet(size - 1);
}

// The next bits of a string, the first one on top. They are kept inverted, so that what is shifted in behind them reads as ones:
// the padding of section 5.2.
class BitReader {
 public:
  explicit BitReader(Bytes octets) : at_(octets.data()), end_(octets.data() + octets.size()), whole_(octets.size() >= 8) {}

  // Afterwards at least 56 bits are there, or all that are left.
  void refill() {
    const auto left = static_cast<std::size_t>(end_ - at_);
    if (left == 0) return;
    inverted_ |= (left >= 8 ? ~load_top(at_, 8) : ~load_last(left) & ~(~std::uint64_t{0} >> (8 * left))) >> count_;
    const std::size_t taken = std::min<std::size_t>(left, (63 - count_) / 8);
    at_ += taken;
    count_ += static_cast<unsigned>(8 * taken);
  }

  // The same, where that many octets are left: at least 56 bits are there.
  std::size_t octets_left() const { return static_cast<std::size_t>(end_ - at_); }
  static constexpr std::size_t kRefillOctets = 8;
  void refill_whole() {
    inverted_ |= ~load_big_endian<std::uint64_t>(at_) >> count_;
    const unsigned taken = (63 - count_) / 8;
    at_ += taken;
    count_ += 8 * taken;
  }

  // Whether what is left is padding, or nothing.
  bool at_end() const { return at_ == end_ && count_ <= 7 && inverted_ == 0; }
  unsigned count() const { return count_; }
  const HuffmanStep& step() const { return kTables.steps[inverted_ >> (64 - kHuffmanStepBits)]; }
  std::uint32_t word() const { return static_cast<std::uint32_t>(~inverted_ >> 32); }

  void skip(unsigned bits) {
    inverted_ <<= bits;
    count_ -= bits;
  }

 private:
  // Fewer than 8 octets, the last ones.
  std::uint64_t load_last(std::size_t left) const {
    return whole_ ? load_big_endian<std::uint64_t>(end_ - 8) << (64 - 8 * left) : load_top(at_, left);
  }

  const std::byte* at_;
  const std::byte* end_;
  const bool whole_;  // it had 8 octets
  std::uint64_t inverted_ = 0;
  unsigned count_ = 0;
};

struct Symbol {
  unsigned number;
  unsigned bits;
};

// A code that is longer than a step, at the top of `word`.
Symbol long_symbol(std::uint32_t word) {
  for (unsigned bits = kHuffmanStepBits + 1; bits < kHuffmanBitsMax; ++bits) {
    const HuffmanLength& length = kTables.lengths[bits];
    if (word < length.end) return {kTables.symbols[length.first_symbol + (word >> (32 - bits)) - length.first_code], bits};
  }
  const HuffmanLength& length = kTables.lengths[kHuffmanBitsMax];
  return {kTables.symbols[length.first_symbol + (word >> (32 - kHuffmanBitsMax)) - length.first_code], kHuffmanBitsMax};
}

char* take(BitReader& reader, const HuffmanStep& step, char* to) {
  to[0] = static_cast<char>(step.symbols[0]);
  to[1] = static_cast<char>(step.symbols[1]);
  reader.skip(step.bits);
  return to + step.count;
}

// As many whole steps as octets are there to refill from; stops before a long code. So many steps never take more bits than a
// refill leaves, and nothing is counted between them.
char* take_refills(BitReader& reader, char* to) {
  constexpr unsigned kSteps = 56 / kHuffmanStepBits;
  while (reader.octets_left() >= BitReader::kRefillOctets) {
    reader.refill_whole();
#pragma GCC unroll 4
    for (unsigned i = 0; i < kSteps; ++i) {
      const HuffmanStep step = reader.step();
      if (step.count == 0) return to;
      to = take(reader, step, to);
    }
  }
  return to;
}

// As many whole steps as the bits at hand have; stops before a long code. At the end of the string one symbol may be left.
// Returns where the next symbol goes. (A reference would have to be written and read again for every symbol: it may be any char.)
char* take_steps(BitReader& reader, char* to) {
  while (true) {
    const HuffmanStep step = reader.step();
    if (step.count == 0 || step.bits > reader.count()) return to;
    to = take(reader, step, to);
  }
}

Symbol next_symbol(const BitReader& reader) {
  const HuffmanStep step = reader.step();
  if (step.count != 0) return {step.symbols[0], kHuffmanBits[step.symbols[0]]};
  return long_symbol(reader.word());
}

}  // namespace

std::size_t huffman_size(std::string_view text) {
  std::size_t bits = 0;
  for (const char c : text) bits += kHuffmanBits[static_cast<unsigned char>(c)];
  return (bits + 7) / 8;
}

void huffman_encode(std::string_view text, std::vector<std::byte>& out) {
  std::uint64_t pending = 0;
  unsigned count = 0;
  for (const char c : text) {
    const auto symbol = static_cast<unsigned char>(c);
    pending = pending << kHuffmanBits[symbol] | kTables.codes[symbol];
    for (count += kHuffmanBits[symbol]; count >= 8; count -= 8) out.push_back(static_cast<std::byte>(pending >> (count - 8)));
  }
  if (count > 0) out.push_back(static_cast<std::byte>(pending << (8 - count) | 0xffu >> count));
}

HuffmanRead huffman_decode(Bytes coded, char*& to) {
  BitReader reader(coded);
  while (true) {
    to = take_refills(reader, to);
    reader.refill();
    to = take_steps(reader, to);
    if (reader.at_end()) return HuffmanRead::Done;
    reader.refill();
    const Symbol symbol = next_symbol(reader);
    if (symbol.bits > reader.count()) return HuffmanRead::Padding;
    if (symbol.number == kHuffmanEos) return HuffmanRead::Eos;
    *to++ = static_cast<char>(symbol.number);
    reader.skip(symbol.bits);
  }
}

}  // namespace testigo::http2
