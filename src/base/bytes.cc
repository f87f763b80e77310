#include "base/bytes.h"

#include <cassert>

namespace testigo {

std::string to_hex(Bytes octets) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  text.reserve(octets.size() * 2);
  for (const std::byte octet : octets) {
    text += kDigits[std::to_integer<unsigned>(octet) >> 4];
    text += kDigits[std::to_integer<unsigned>(octet) & 15];
  }
  return text;
}

std::vector<std::byte> from_hex(std::string_view digits) {
  std::vector<std::byte> octets;
  int high = -1;
  for (const char c : digits) {
    if (c == ' ' || c == '\n' || c == '\t') continue;
    const int digit = c >= '0' && c <= '9'   ? c - '0'
                      : c >= 'a' && c <= 'f' ? c - 'a' + 10
                      : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                             : -1;
    assert(digit >= 0);
    if (high < 0) {
      high = digit;
    } else {
      octets.push_back(static_cast<std::byte>(high << 4 | digit));
      high = -1;
    }
  }
  assert(high < 0);
  return octets;
}

}  // namespace testigo
