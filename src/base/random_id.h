// Ids that do not meet again: of a process, of a run.
#pragma once

#include <cstdint>
#include <string>

namespace testigo {

// 16 hexadecimal digits from the system's source of randomness.
std::string random_id();

// From the same source, for tables that strangers fill: they cannot foresee where what they send has its place.
std::uint64_t random_seed();

}  // namespace testigo
