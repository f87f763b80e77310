#include "show/listening_socket.h"

#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <fmt/format.h>

#include "base/environment_error.h"

namespace testigo::show {
namespace {

// Not SO_REUSEPORT: a port that somebody has is taken.
bool listens(int descriptor, const addrinfo& address) {
  const int yes = 1;
  return ::setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes) == 0 &&
         ::bind(descriptor, address.ai_addr, address.ai_addrlen) == 0 && ::listen(descriptor, SOMAXCONN) == 0;
}

std::uint16_t port_of(int descriptor) {
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  ::getsockname(descriptor, reinterpret_cast<sockaddr*>(&address), &size);
  return ntohs(address.ss_family == AF_INET6 ? reinterpret_cast<const sockaddr_in6&>(address).sin6_port
                                             : reinterpret_cast<const sockaddr_in&>(address).sin_port);
}

}  // namespace

ListeningSocket listen_on(const std::string& host, std::uint16_t port) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE;
  addrinfo* found = nullptr;
  if (::getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &found) != 0) found = nullptr;
  ListeningSocket socket;
  for (const addrinfo* at = found; at != nullptr && socket.descriptor < 0; at = at->ai_next) {
    const int descriptor = ::socket(at->ai_family, at->ai_socktype | SOCK_CLOEXEC | SOCK_NONBLOCK, at->ai_protocol);
    if (descriptor < 0) continue;
    if (listens(descriptor, *at)) {
      socket = {descriptor, at->ai_family, port_of(descriptor)};
    } else {
      ::close(descriptor);
    }
  }
  if (found != nullptr) ::freeaddrinfo(found);
  if (socket.descriptor >= 0) return socket;
  throw EnvironmentError(
      fmt::format("cannot listen on {}:{} for the page; choose another address, or port 0 for any that is free", host, port));
}

}  // namespace testigo::show
