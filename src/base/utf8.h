// Well-formed UTF-8 (Unicode 15, table 3-7): no overlong forms, no surrogates, nothing above U+10FFFF.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace testigo {

// How many octets the first character of `text` takes; 0 when it is not well formed or `text` is empty.
std::size_t utf8_length(std::string_view text);

// Of a character that is well formed.
char32_t utf8_code_point(std::string_view character);

// Its first characters, of at most `bytes_max` octets together, and "…" where that is not all.
std::string shortened(std::string_view text, std::size_t bytes_max);

}  // namespace testigo
