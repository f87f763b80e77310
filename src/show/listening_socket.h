// The socket that the server of the page listens on. What this program starts does not inherit it.
#pragma once

#include <cstdint>
#include <string>

namespace testigo::show {

struct ListeningSocket {
  int descriptor = -1;  // whoever asked for it closes it; nobody waits in calls on it
  int family = 0;       // AF_INET or AF_INET6
  std::uint16_t port = 0;
};

// `host` is an address or a name, `port` 0 any that is free. Throws EnvironmentError.
ListeningSocket listen_on(const std::string& host, std::uint16_t port);

}  // namespace testigo::show
