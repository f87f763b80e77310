// The command by which somebody else's tool shows the same frames.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>

#include "call/event.h"

namespace testigo::report {

// A port in the capture, and what the dissector is to take its octets for: of a server, HTTP/2 in the clear or TLS; or of UDP,
// VXLAN.
struct ServerPort {
  std::uint16_t port = 0;
  bool tls = false;
  bool vxlan = false;
  friend bool operator==(const ServerPort&, const ServerPort&) = default;
};

// All HTTP/2 frames of the capture, and all TLS records where there is TLS, a line a packet.
std::string tshark_overview(const std::filesystem::path& capture, std::span<const ServerPort> ports);

// The packets of `places`, dissected, with their octets. Empty when no place has a packet.
std::string tshark_places(const std::filesystem::path& capture, std::span<const ServerPort> ports,
                          std::span<const call::Place> places);

}  // namespace testigo::report
