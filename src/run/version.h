// The version of Testigo, from CMakeLists.txt.
#pragma once

#include <string_view>

namespace testigo::run {

constexpr std::string_view kVersion = TESTIGO_VERSION;

}  // namespace testigo::run
