// The command by which somebody else's tool shows the same frames.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>

#include "call/event.h"

namespace testigo::report {

// All HTTP/2 frames of the capture, a line a packet.
std::string tshark_overview(const std::filesystem::path& capture, std::span<const std::uint16_t> ports);

// The packets of `places`, dissected, with their octets. Empty when no place has a packet.
std::string tshark_places(const std::filesystem::path& capture, std::span<const std::uint16_t> ports,
                          std::span<const call::Place> places);

}  // namespace testigo::report
