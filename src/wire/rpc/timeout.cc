#include "wire/rpc/timeout.h"

#include <limits>

namespace testigo::rpc {
namespace {

std::int64_t nanos_per_unit(char unit) {
  switch (unit) {
    case 'H':
      return 3'600'000'000'000;
    case 'M':
      return 60'000'000'000;
    case 'S':
      return 1'000'000'000;
    case 'm':
      return 1'000'000;
    case 'u':
      return 1'000;
    case 'n':
      return 1;
    default:
      return 0;
  }
}

}  // namespace

std::optional<Duration> parse_timeout(std::string_view text) {
  if (text.size() < 2 || text.size() > 9) return std::nullopt;
  std::int64_t value = 0;
  for (const char c : text.substr(0, text.size() - 1)) {
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + (c - '0');
  }
  const std::int64_t unit = nanos_per_unit(text.back());
  if (unit == 0) return std::nullopt;
  if (value > std::numeric_limits<std::int64_t>::max() / unit) return Duration::max();
  return Duration(value * unit);
}

}  // namespace testigo::rpc
