// The integers of HPACK (RFC 7541 section 5.1).
#pragma once

#include <cstdint>
#include <vector>

#include "base/bytes.h"

namespace testigo::http2 {

enum class IntegerRead : std::uint8_t {
  Done,
  NeedMore,  // the octets end inside the integer
  TooLarge,  // more than 2^32 - 1, or more octets than that needs: five after the first
};

// Reads the octets after a prefix whose bits are all ones: adds them to `value`, which holds the prefix.
IntegerRead read_integer_rest(const std::byte*& at, const std::byte* end, std::uint32_t& value);

// Reads an integer that begins with the low `prefix_bits` of *at, and moves `at` past it. There must be at least one octet.
inline IntegerRead read_integer(const std::byte*& at, const std::byte* end, unsigned prefix_bits, std::uint32_t& value) {
  const std::uint32_t prefix_max = (1u << prefix_bits) - 1;
  value = std::to_integer<std::uint32_t>(*at++) & prefix_max;
  return value < prefix_max ? IntegerRead::Done : read_integer_rest(at, end, value);
}

// Appends `value`; `pattern` fills the bits of the first octet before the prefix.
void append_integer(std::vector<std::byte>& out, std::uint8_t pattern, unsigned prefix_bits, std::uint32_t value);

}  // namespace testigo::http2
