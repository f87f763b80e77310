// Durations from a file may be any number: their sums and differences stop at the ends of the type. Private to this room.
#pragma once

#include <limits>

#include "base/clock.h"

namespace testigo::verdict {

inline Duration elapsed(Duration from, Duration to) {
  Duration::rep count = 0;
  if (!__builtin_sub_overflow(to.count(), from.count(), &count)) return Duration(count);
  return from < to ? Duration::max() : Duration::min();
}

inline Duration sum(Duration a, Duration b) {
  Duration::rep count = 0;
  if (!__builtin_add_overflow(a.count(), b.count(), &count)) return Duration(count);
  return a > Duration::zero() ? Duration::max() : Duration::min();
}

}  // namespace testigo::verdict
