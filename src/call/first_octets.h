// The first octets of a peer that does not speak HTTP/2, as they are told: they may hold what is secret.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace testigo::call {

constexpr std::size_t kFirstOctetsKept = 64;  // of each direction

// Inert: "\"GET\" and 61 octets more", "64 octets or more of another protocol". `first` is as ConnectionView keeps it.
std::string first_octets_text(std::string_view first);

// What of them is told, as hexadecimal digits.
std::string first_octets_hex(std::string_view first);

}  // namespace testigo::call
