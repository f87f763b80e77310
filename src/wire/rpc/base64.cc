#include "wire/rpc/base64.h"

#include <array>

namespace testigo::rpc {
namespace {

constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

constexpr auto kDigits = [] {
  std::array<std::int8_t, 256> digits{};
  digits.fill(-1);
  for (std::size_t i = 0; i < kAlphabet.size(); ++i) {
    digits[static_cast<unsigned char>(kAlphabet[i])] = static_cast<std::int8_t>(i);
  }
  return digits;
}();

int digit(char c) { return kDigits[static_cast<unsigned char>(c)]; }

std::string_view without_padding(std::string_view text) {
  for (int i = 0; i < 2 && text.ends_with('='); ++i) text.remove_suffix(1);
  return text;
}

}  // namespace

Base64 base64(std::string_view text) {
  const std::string_view digits = without_padding(text);
  for (const char c : digits) {
    if (digit(c) < 0) return Base64::None;
  }
  if (digits.size() % 4 == 1) return Base64::None;
  if (digits.size() == text.size()) return Base64::Unpadded;
  return text.size() % 4 == 0 ? Base64::Padded : Base64::None;
}

std::optional<std::string> decode_base64(std::string_view text) {
  if (base64(text) == Base64::None) return std::nullopt;
  std::string out;
  unsigned bits = 0;
  int held = 0;
  for (const char c : without_padding(text)) {
    bits = bits << 6 | static_cast<unsigned>(digit(c));
    held += 6;
    if (held < 8) continue;
    held -= 8;
    out.push_back(static_cast<char>(bits >> held & 0xff));
  }
  return out;
}

}  // namespace testigo::rpc
