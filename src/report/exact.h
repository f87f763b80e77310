// Numbers of a document that is read where numbers are IEEE 754 doubles.
#pragma once

#include <concepts>
#include <cstdint>
#include <string>

#include <nlohmann/json.hpp>

namespace testigo::report {

// A number; where no double is sure to be exactly that, above 2^53 and below -2^53, its digits as a text.
template <std::integral Number>
nlohmann::ordered_json exact(Number number) {
  constexpr auto kExactMax = std::uint64_t{1} << 53;
  const auto size = number < 0 ? -static_cast<std::uint64_t>(number) : static_cast<std::uint64_t>(number);
  if (size > kExactMax) return std::to_string(number);
  return number;
}

}  // namespace testigo::report
