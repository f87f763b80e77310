#include "wire/tcp/endpoint.h"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>

namespace testigo::tcp {
namespace {

constexpr std::array<std::byte, 12> kV4Prefix{std::byte{0}, std::byte{0}, std::byte{0},   std::byte{0},
                                              std::byte{0}, std::byte{0}, std::byte{0},   std::byte{0},
                                              std::byte{0}, std::byte{0}, std::byte{255}, std::byte{255}};

std::optional<std::uint16_t> parse_port(std::string_view text) {
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (text.empty() || error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return port;
}

}  // namespace

bool Address::is_v4() const { return std::equal(kV4Prefix.begin(), kV4Prefix.end(), octets.begin()); }

std::optional<Address> parse_address(std::string_view text) {
  const std::string whole(text.substr(0, text.find('%')));
  std::array<std::byte, 16> octets{};
  if (inet_pton(AF_INET, whole.c_str(), octets.data()) == 1) return v4_address(octets.data());
  if (inet_pton(AF_INET6, whole.c_str(), octets.data()) == 1) return v6_address(octets.data());
  return std::nullopt;
}

std::string to_text(const Address& address) {
  char text[INET6_ADDRSTRLEN] = "";
  if (address.is_v4()) {
    inet_ntop(AF_INET, address.octets.data() + kV4Prefix.size(), text, sizeof text);
  } else {
    inet_ntop(AF_INET6, address.octets.data(), text, sizeof text);
  }
  return text;
}

std::string to_text(const Endpoint& endpoint) {
  const std::string port = std::to_string(endpoint.port);
  if (endpoint.address.find(':') == std::string::npos) return endpoint.address + ":" + port;
  return "[" + endpoint.address + "]:" + port;
}

std::optional<Endpoint> parse_endpoint(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return std::nullopt;
  std::string_view host = text.substr(0, colon);
  const auto port = parse_port(text.substr(colon + 1));
  const bool brackets = host.starts_with('[') && host.ends_with(']') && host.size() > 2;
  if (brackets) host = host.substr(1, host.size() - 2);
  const bool v6 = host.find(':') != std::string_view::npos;
  if (!port || v6 != brackets || host.find_first_of("[]") != std::string_view::npos) return std::nullopt;
  return Endpoint{std::string(host), *port};
}

}  // namespace testigo::tcp
