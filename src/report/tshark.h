// The command by which somebody else's tool shows the same frames.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>

#include "call/event.h"

namespace testigo::report {

// What the dissector is to take the octets of a port for. VXLAN is on UDP, the others are on TCP.
enum class Dissector : std::uint8_t { Http2, Tls, Vxlan };

struct DissectedPort {
  std::uint16_t port = 0;
  Dissector as = Dissector::Http2;
  friend bool operator==(const DissectedPort&, const DissectedPort&) = default;
};

// All HTTP/2 frames of the capture, and all TLS records where there is TLS, a line a packet.
std::string tshark_overview(const std::filesystem::path& capture, std::span<const DissectedPort> ports);

// The packets of `places`, dissected, with their octets. Empty when no place has a packet.
std::string tshark_places(const std::filesystem::path& capture, std::span<const DissectedPort> ports,
                          std::span<const call::Place> places);

}  // namespace testigo::report
