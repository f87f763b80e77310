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

bool within(char32_t code, char32_t first, char32_t last) { return code >= first && code <= last; }

// Nothing of it must be changed: the usual text.
bool is_plain(std::string_view text) {
  return std::ranges::all_of(text, [](unsigned char octet) { return octet >= 0x20 && octet < 0x7f && octet != '\\'; });
}

}  // namespace

// Marks of direction, invisible spaces, separators of lines, tags and noncharacters. The joiners stay: scripts and emoji need them.
bool is_active(std::string_view character) {
  if (character == "\xc2\xad" || character == "\xd8\x9c") return true;  // soft hyphen, Arabic letter mark
  if (character.size() < 3) return false;
  const char32_t code = utf8_code_point(character);
  return code == 0x180e || code == 0x200b || within(code, 0x200e, 0x200f) || within(code, 0x2028, 0x202e) ||
         within(code, 0x2060, 0x206f) || within(code, 0xfdd0, 0xfdef) || code == 0xfeff || within(code, 0xfff9, 0xfffb) ||
         within(code, 0xe0000, 0xe0fff) || (code & 0xfffe) == 0xfffe;
}

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
    } else if (is_active(text.substr(at, length))) {
      for (const char each : text.substr(at, length)) append_escaped(out, static_cast<unsigned char>(each));
      at += length;
    } else {
      if (octet == '\\') out += '\\';
      out += text.substr(at, length);
      at += length;
    }
  }
  if (at < text.size()) out += "…";
  return out;
}

std::string inert_lines(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find_first_of("\\\n", at), text.size());
    out += inert(text.substr(at, end - at), text.size());
    if (end < text.size()) out += text[end];
    at = end + 1;
  }
  return out;
}

}  // namespace testigo
