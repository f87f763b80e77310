// Where a server listens and a client calls: "127.0.0.1:50051", "[::1]:0", "localhost:50051".
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace testigo::greeter {

struct Address {
  std::string host;  // without brackets
  int port = 0;
  friend bool operator==(const Address&, const Address&) = default;
};

// Nothing when it is not HOST:PORT; an IPv6 address needs its brackets.
std::optional<Address> parse_address(std::string_view text);

std::string to_text(const Address& address);

// Tries to listen there and says why that fails ("Address already in use"); nothing when it works.
std::optional<std::string> why_not_listening(const Address& address);

}  // namespace testigo::greeter
