// When calls start: call n at (n − 1) × period, whatever earlier calls do.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>

#include "base/clock.h"

namespace testigo::greeter {

struct Schedule {
  Duration period{std::chrono::seconds(1)};
  std::optional<std::uint64_t> count;  // for ever without count and length
  std::optional<Duration> length;

  // Since the first call; `number` counts from 1. Nothing when there is no such call.
  std::optional<Duration> start_of(std::uint64_t number) const {
    const std::uint64_t before = number - 1;
    const auto reach = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max() / 4 / period.count());
    if ((count && before >= *count) || before > reach) return std::nullopt;
    const Duration start = static_cast<std::int64_t>(before) * period;
    if (length && start >= *length) return std::nullopt;
    return start;
  }
};

}  // namespace testigo::greeter
