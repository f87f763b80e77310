// What is written in place of a secret string of HPACK (RFC 7541 section 5.2): octets of the same number that decode to the same
// number of characters, and that say nothing else about the secret.
#pragma once

#include <span>
#include <string>

#include "base/bytes.h"

namespace testigo::capture {

// A text of `characters` characters whose Huffman code fills exactly `octets` octets, made of these two numbers alone: two of the
// code's lengths, mixed so that they add up. Printable ASCII up to 19 bits a character on the average, which texts are; else octets
// beyond ASCII, and, above 28 bits, a control character. Empty when no text has these two numbers.
std::string huffman_mask(std::size_t characters, std::size_t octets);

// Writes over a string that decodes to `characters` characters.
void mask_string(std::span<std::byte> coded, bool huffman, std::size_t characters);

// How many characters a coded string has; 0 when it is no code.
std::size_t characters_of(Bytes coded, bool huffman);

}  // namespace testigo::capture
