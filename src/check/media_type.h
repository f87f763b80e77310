// What a content-type says, by the grammars that gRPC over HTTP2 stands on.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>

#include "call/fields.h"

namespace testigo::check {

constexpr char ascii_lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

// Strings of ABNF are "case insensitive" (RFC 5234 section 2.3). `small` has no capitals.
inline bool equals_in_any_case(std::string_view text, std::string_view small) {
  return std::ranges::equal(text, small, [](char a, char b) { return ascii_lower(a) == b; });
}

// "application/grpc", "+" subtype or not, parameters or not; spaces may stand before ";" (RFC 9110 section 5.6.6).
inline bool names_grpc(std::string_view content_type) {
  const std::size_t semicolon = content_type.find(';');
  std::string type(content_type.substr(0, semicolon));
  if (semicolon != std::string_view::npos) type.erase(type.find_last_not_of(" \t") + 1);
  std::ranges::transform(type, type.begin(), ascii_lower);
  return call::is_grpc_content_type(type);
}

}  // namespace testigo::check
