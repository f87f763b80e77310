// Values that a capture was written without (docs/formats/wire-pcapng.md): nobody knows what they were.
#pragma once

#include <string_view>

namespace testigo::check {

// Asterisks alone.
inline bool is_masked(std::string_view value) { return !value.empty() && value.find_first_not_of('*') == std::string_view::npos; }

}  // namespace testigo::check
