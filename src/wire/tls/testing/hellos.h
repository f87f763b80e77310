// Hellos and alerts, as octets of a text.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/bytes.h"

namespace testigo::tls::testing {

// Two octets in network order before a text.
inline std::string sized(const std::string& text, std::size_t size = 2) {
  std::vector<std::byte> out;
  append_number(out, text.size(), size);
  append(out, as_octets(text));
  return std::string(as_text(out));
}
inline std::string number(std::uint16_t value) { return {static_cast<char>(value >> 8), static_cast<char>(value & 0xff)}; }
inline std::string extension(std::uint16_t type, const std::string& body) { return number(type) + sized(body); }

inline std::string alpn(const std::vector<std::string>& protocols) {
  std::string list;
  for (const std::string& each : protocols) list += sized(each, 1);
  return extension(16, sized(list));
}
inline const std::string kName = extension(0, sized(std::string(1, '\0') + sized("localhost")));
inline const std::string kChoosesTls13 = extension(43, number(0x0304));

inline std::string record(char type, const std::string& body) { return type + number(0x0303) + sized(body); }
inline std::string hello(char type, std::uint16_t version, const std::string& middle, const std::string& extensions) {
  const std::string body =
      number(version) + std::string(32, 'r') + std::string(1, '\0') + middle + (extensions.empty() ? "" : sized(extensions));
  return record(22, type + sized(body, 3));
}
inline std::string client_hello(const std::string& extensions) {
  return hello(1, 0x0303, number(2) + number(0xc02f) + sized(std::string(1, '\0'), 1), extensions);
}
inline std::string server_hello(const std::string& extensions, std::uint16_t suite = 0xc02f, std::uint16_t version = 0x0303) {
  return hello(2, version, number(suite) + std::string(1, '\0'), extensions);
}
inline const std::string kNoProtocol = record(21, {2, 120});

}  // namespace testigo::tls::testing
