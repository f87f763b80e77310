// Times and durations, their texts, and the clock as an argument.
//
// Times of day are UTC and read RFC 3339 with nanoseconds; durations come from the monotonic clock.
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace testigo {

using Duration = std::chrono::nanoseconds;
using Time = std::chrono::sys_time<std::chrono::nanoseconds>;

// Where the time comes from. Code that decides something takes one, so that a test can hold it.
class Clock {
 public:
  virtual ~Clock() = default;
  // The time of day, UTC.
  virtual Time now() const = 0;
  // Since an arbitrary start; never goes back.
  virtual Duration monotonic() const = 0;
};

class SystemClock final : public Clock {
 public:
  Time now() const override;
  Duration monotonic() const override;
};

// "2026-01-02T03:04:05.000000006Z"
std::string to_rfc3339(Time time);

// Reads what `to_rfc3339` writes, any number of fraction digits up to 9, and "Z" or an offset "+01:00". Nothing when it is
// something else.
std::optional<Time> parse_rfc3339(std::string_view text);

// "250ms", "10s", "1.5s", "5m", "2h", "7us", "40ns"; not negative. Nothing when it is something else or does not fit.
std::optional<Duration> parse_duration(std::string_view text);

// For people, three digits: "412 µs", "1.25 s", "3m 20s".
std::string to_human(Duration duration);
// The same into room for `kHumanBytesMax` octets; returns where it ends.
constexpr std::size_t kHumanBytesMax = 24;
char* write_human(char* at, Duration duration);

// The time of day alone, "03:04:05.006", UTC.
std::string to_time_of_day(Time time);

}  // namespace testigo
