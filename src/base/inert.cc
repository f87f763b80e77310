#include "base/inert.h"

#include <algorithm>
#include <cstdio>

#include "base/utf8.h"

namespace testigo {
namespace {

void append_escaped(std::string& out, unsigned char octet) {
  char text[5];
  std::snprintf(text, sizeof text, "\\x%02x", octet);
  out += text;
}

// Nothing of it must be changed: the usual text.
bool is_plain(std::string_view text) {
  return std::ranges::all_of(text, [](unsigned char octet) { return octet >= 0x20 && octet < 0x7f && octet != '\\'; });
}

}  // namespace

std::string inert(std::string_view text, std::size_t bytes_max) {
  if (text.size() <= bytes_max && is_plain(text)) return std::string(text);
  std::string out;
  std::size_t at = 0;
  while (at < text.size() && at < bytes_max) {
    const auto octet = static_cast<unsigned char>(text[at]);
    const std::size_t length = utf8_length(text.substr(at));
    if (at + std::max<std::size_t>(length, 1) > bytes_max) break;
    const bool c1 = length == 2 && octet == 0xc2 && static_cast<unsigned char>(text[at + 1]) < 0xa0;
    if (length == 0 || octet < 0x20 || octet == 0x7f || c1) {
      append_escaped(out, octet);
      ++at;
    } else {
      if (octet == '\\') out += '\\';
      out += text.substr(at, length);
      at += length;
    }
  }
  if (at < text.size()) out += "…";
  return out;
}

}  // namespace testigo
