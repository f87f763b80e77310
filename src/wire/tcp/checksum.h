// The checksum of IP and TCP (RFC 1071).
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>

#include "base/bytes.h"

namespace testigo::tcp {

inline std::uint64_t folded(std::uint64_t sum) {
  while (sum >> 16 != 0) sum = (sum & 0xffff) + (sum >> 16);
  return sum;
}

// The sum of 16-bit words, the last one padded with zeros, folded. Four octets at a time in the machine's own order: section 2 (B)
// says that only the result needs to be swapped.
inline std::uint64_t sum_words(Bytes octets) {
  std::uint64_t sum = 0;
  std::size_t at = 0;
  std::uint32_t word = 0;
  for (; at + sizeof word <= octets.size(); at += sizeof word) {
    std::memcpy(&word, octets.data() + at, sizeof word);
    sum += word;
  }
  word = 0;
  if (at < octets.size()) std::memcpy(&word, octets.data() + at, octets.size() - at);
  sum = folded(sum + word);
  return std::endian::native == std::endian::little ? (sum & 0xff) << 8 | sum >> 8 : sum;
}

}  // namespace testigo::tcp
