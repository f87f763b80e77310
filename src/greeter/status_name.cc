#include "greeter/status_name.h"

#include <array>
#include <string_view>

namespace testigo::greeter {
namespace {

constexpr std::array<std::string_view, 17> kNames{
    "OK",        "CANCELLED",      "UNKNOWN",           "INVALID_ARGUMENT",   "DEADLINE_EXCEEDED",
    "NOT_FOUND", "ALREADY_EXISTS", "PERMISSION_DENIED", "RESOURCE_EXHAUSTED", "FAILED_PRECONDITION",
    "ABORTED",   "OUT_OF_RANGE",   "UNIMPLEMENTED",     "INTERNAL",           "UNAVAILABLE",
    "DATA_LOSS", "UNAUTHENTICATED"};

}  // namespace

std::string status_name(int code) {
  const bool known = code >= 0 && code < static_cast<int>(kNames.size());
  return known ? std::string(kNames[static_cast<std::size_t>(code)]) : std::to_string(code);
}

}  // namespace testigo::greeter
