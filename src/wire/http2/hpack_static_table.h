// The static table of HPACK (RFC 7541 appendix A).
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "wire/http2/header_field.h"

namespace testigo::http2 {

constexpr std::uint32_t kStaticEntries = 61;

// By index, from 1; index 0 is not used (section 6.1).
extern const std::array<HeaderField, kStaticEntries + 1> kStaticTable;

// Where a field stands in the static table: the index of the whole field, and of the first entry with its name; 0 when there is
// none.
struct StaticMatch {
  std::uint32_t field = 0;
  std::uint32_t name = 0;
};
StaticMatch find_static(std::string_view name, std::string_view value);

}  // namespace testigo::http2
