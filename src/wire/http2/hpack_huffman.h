// The Huffman code of HPACK (RFC 7541 section 5.2 and appendix B).
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "base/bytes.h"

namespace testigo::http2 {

// Octets that the text takes when coded.
std::size_t huffman_size(std::string_view text);

// Appends the coded text, padded with ones.
void huffman_encode(std::string_view text, std::vector<std::byte>& out);

enum class HuffmanRead : std::uint8_t {
  Done,
  Eos,      // the EOS symbol stands in the string
  Padding,  // what is left at the end is longer than 7 bits, or not all ones
};

// Room that the decoder needs for `coded` octets: no code is shorter than 5 bits, and it writes one octet ahead.
constexpr std::size_t huffman_decoded_max(std::size_t coded) { return coded * 8 / 5 + 1; }

// Decodes into `to`, which must have the room above, and moves `to` past the text.
HuffmanRead huffman_decode(Bytes coded, char*& to);

}  // namespace testigo::http2
