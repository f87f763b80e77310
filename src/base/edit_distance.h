// How near a word is to one that was perhaps meant.
#pragma once

#include <cstddef>
#include <string_view>

namespace testigo {

// How many letters must be put in, taken out or changed, or swapped with their neighbour (Levenshtein, and Damerau's swaps). Takes
// the product of their lengths: bound them.
std::size_t edit_distance(std::string_view a, std::string_view b);

}  // namespace testigo
