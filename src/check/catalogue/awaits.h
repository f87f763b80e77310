// What judges a row, or names a cause, that is not judged or named yet, as it is shown behind "not yet; it comes with".
#pragma once

#include <string_view>

namespace testigo::check::awaits {

constexpr std::string_view kLaterVersion = "a later version, from the wire alone";
constexpr std::string_view kTlsKeys = "a later version that is given TLS keys";
constexpr std::string_view kBothSides = "a later version that hears both sides of a hop";
constexpr std::string_view kStatements = "a later version that holds the wire against the client's statement";
constexpr std::string_view kDoctor = "the command `doctor`, which connects by itself";

}  // namespace testigo::check::awaits
