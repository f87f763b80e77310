#include "greeter/address.h"

#include <netdb.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstring>

namespace testigo::greeter {
namespace {

constexpr int kPortMax = 65535;

std::optional<int> parse_port(std::string_view text) {
  int port = -1;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (error != std::errc() || end != text.data() + text.size() || port < 0 || port > kPortMax) return std::nullopt;
  return port;
}

bool is_host(std::string_view text, bool bracketed) {
  const bool has_colon = text.find(':') != std::string_view::npos;
  return !text.empty() && has_colon == bracketed && text.find_first_of("[]/ \t\r\n") == std::string_view::npos;
}

std::optional<std::string> why_not_bound(const addrinfo& info) {
  const int listener = ::socket(info.ai_family, info.ai_socktype | SOCK_CLOEXEC, info.ai_protocol);
  const int on = 1;
  const bool works = listener >= 0 && ::setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) == 0 &&
                     ::bind(listener, info.ai_addr, info.ai_addrlen) == 0 && ::listen(listener, 1) == 0;
  const int error = errno;
  if (listener >= 0) ::close(listener);
  if (works) return std::nullopt;
  return std::strerror(error);
}

}  // namespace

std::optional<Address> parse_address(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return std::nullopt;
  std::string_view host = text.substr(0, colon);
  const bool bracketed = host.size() > 2 && host.front() == '[' && host.back() == ']';
  if (bracketed) host = host.substr(1, host.size() - 2);
  const auto port = parse_port(text.substr(colon + 1));
  if (!port || !is_host(host, bracketed)) return std::nullopt;
  return Address{std::string(host), *port};
}

std::string to_text(const Address& address) {
  const bool v6 = address.host.find(':') != std::string::npos;
  return (v6 ? '[' + address.host + ']' : address.host) + ':' + std::to_string(address.port);
}

std::optional<std::string> why_not_listening(const Address& address) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE;
  addrinfo* found = nullptr;
  const int error = ::getaddrinfo(address.host.c_str(), std::to_string(address.port).c_str(), &hints, &found);
  if (error != 0) return ::gai_strerror(error);
  std::optional<std::string> why;
  for (const addrinfo* info = found; info != nullptr && !why; info = info->ai_next) why = why_not_bound(*info);
  ::freeaddrinfo(found);
  return why;
}

}  // namespace testigo::greeter
