#include "base/clock.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <limits>

namespace testigo {
namespace {

using namespace std::chrono;

constexpr std::int64_t kNanosPerSecond = 1'000'000'000;

// Reads exactly `size` decimal digits at `at` and moves past them.
std::optional<int> digits(std::string_view text, std::size_t& at, std::size_t size) {
  if (at + size > text.size()) return std::nullopt;
  int value = 0;
  for (const char c : text.substr(at, size)) {
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + (c - '0');
  }
  at += size;
  return value;
}

bool literal(std::string_view text, std::size_t& at, char wanted) {
  if (at >= text.size() || text[at] != wanted) return false;
  ++at;
  return true;
}

// Decimal digits of a number that is not negative, over what stands there.
void put_digits(char* at, std::size_t size, std::uint64_t number) {
  for (; size-- > 0; number /= 10) at[size] = static_cast<char>('0' + number % 10);
}

void put_digits(std::string& text, std::size_t at, std::size_t size, std::int64_t number) {
  put_digits(text.data() + at, size, static_cast<std::uint64_t>(number));
}

char* write_number(char* at, std::uint64_t number) { return std::to_chars(at, at + 20, number).ptr; }

char* write_text(char* at, std::string_view text) { return std::ranges::copy(text, at).out; }

// Less than 1000.
char* write_small(char* at, std::uint64_t number) {
  if (number >= 100) *at++ = static_cast<char>('0' + number / 100);
  if (number >= 10) *at++ = static_cast<char>('0' + number / 10 % 10);
  *at++ = static_cast<char>('0' + number % 10);
  return at;
}

// Rounded to the nearest.
constexpr std::uint64_t divided(std::uint64_t number, std::uint64_t by) { return (number + by / 2) / by; }

// A number of units, of which there are less than 999.5, with three digits and no zeros behind the point: "412", "12.3", "1.25".
// The unit is a constant, so that dividing by it costs little.
template <std::uint64_t kUnit>
char* write_three_digits(char* at, std::uint64_t number) {
  std::size_t decimals = 2;
  std::uint64_t digits = divided(number * 100, kUnit);
  if (digits >= 1000) digits = divided(number * 10, kUnit), decimals = 1;
  if (decimals == 1 && digits >= 1000) digits = divided(number, kUnit), decimals = 0;
  for (; decimals > 0 && digits % 10 == 0; --decimals) digits /= 10;
  if (decimals == 0) return write_small(at, digits);
  const std::uint64_t scale = decimals == 2 ? 100 : 10;
  at = write_small(at, digits / scale);
  *at = '.';
  put_digits(at + 1, decimals, digits % scale);
  return at + 1 + decimals;
}

// ".123456789", 1 to 9 digits, or nothing at all: nanoseconds.
std::optional<Duration> fraction(std::string_view text, std::size_t& at) {
  if (at >= text.size() || text[at] != '.') return Duration::zero();
  ++at;
  std::int64_t value = 0;
  int count = 0;
  for (; at < text.size() && text[at] >= '0' && text[at] <= '9' && count < 9; ++at, ++count) value = value * 10 + (text[at] - '0');
  if (count == 0) return std::nullopt;
  for (; count < 9; ++count) value *= 10;
  return nanoseconds(value);
}

// "Z", or "+hh:mm" / "-hh:mm".
std::optional<minutes> offset(std::string_view text, std::size_t& at) {
  if (literal(text, at, 'Z')) return minutes(0);
  const bool minus = at < text.size() && text[at] == '-';
  if (!minus && !(at < text.size() && text[at] == '+')) return std::nullopt;
  ++at;
  const auto hour = digits(text, at, 2);
  if (!hour || *hour > 23 || !literal(text, at, ':')) return std::nullopt;
  const auto minute = digits(text, at, 2);
  if (!minute || *minute > 59) return std::nullopt;
  const minutes total(*hour * 60 + *minute);
  return minus ? -total : total;
}

}  // namespace

Time SystemClock::now() const { return time_point_cast<nanoseconds>(system_clock::now()); }

Duration SystemClock::monotonic() const { return steady_clock::now().time_since_epoch(); }

std::string to_rfc3339(Time time) {
  // Not floor and subtract: near the ends of what nanoseconds reach, the start of the day or second lies outside.
  std::int64_t whole = time.time_since_epoch().count() / kNanosPerSecond;
  std::int64_t nanos = time.time_since_epoch().count() % kNanosPerSecond;
  if (nanos < 0) {
    --whole;
    nanos += kNanosPerSecond;
  }
  const sys_seconds second{seconds(whole)};
  const auto day = floor<days>(second);
  const year_month_day date(day);
  const hh_mm_ss clock(second - day);
  std::string text = "0000-00-00T00:00:00.000000000Z";
  put_digits(text, 0, 4, static_cast<int>(date.year()));
  put_digits(text, 5, 2, static_cast<unsigned>(date.month()));
  put_digits(text, 8, 2, static_cast<unsigned>(date.day()));
  put_digits(text, 11, 2, clock.hours().count());
  put_digits(text, 14, 2, clock.minutes().count());
  put_digits(text, 17, 2, clock.seconds().count());
  put_digits(text, 20, 9, nanos);
  return text;
}

std::optional<Time> parse_rfc3339(std::string_view text) {
  std::size_t at = 0;
  const auto year_digits = digits(text, at, 4);
  if (!year_digits || !literal(text, at, '-')) return std::nullopt;
  const auto month_digits = digits(text, at, 2);
  if (!month_digits || !literal(text, at, '-')) return std::nullopt;
  const auto day_digits = digits(text, at, 2);
  if (!day_digits || !literal(text, at, 'T')) return std::nullopt;
  const auto hour = digits(text, at, 2);
  if (!hour || *hour > 23 || !literal(text, at, ':')) return std::nullopt;
  const auto minute = digits(text, at, 2);
  if (!minute || *minute > 59 || !literal(text, at, ':')) return std::nullopt;
  const auto second = digits(text, at, 2);
  if (!second || *second > 60) return std::nullopt;
  const auto nanos = fraction(text, at);
  if (!nanos) return std::nullopt;
  const auto shift = offset(text, at);
  if (!shift || at != text.size()) return std::nullopt;
  const year_month_day date(year(*year_digits), month(static_cast<unsigned>(*month_digits)),
                            day(static_cast<unsigned>(*day_digits)));
  // sys_time of nanoseconds reaches from 1677 to 2262; outside of it the sum would overflow.
  if (!date.ok() || *year_digits < 1678 || *year_digits > 2261) return std::nullopt;
  return sys_days(date) + hours(*hour) + minutes(*minute) + seconds(*second) + *nanos - *shift;
}

std::optional<Duration> parse_duration(std::string_view text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, std::chars_format::fixed);
  if (error != std::errc() || !std::isfinite(value) || std::signbit(value)) return std::nullopt;
  const std::string_view unit(end, static_cast<std::size_t>(text.data() + text.size() - end));
  const double nanos_per_unit = unit == "ns"   ? 1
                                : unit == "us" ? 1e3
                                : unit == "ms" ? 1e6
                                : unit == "s"  ? 1e9
                                : unit == "m"  ? 60e9
                                : unit == "h"  ? 3600e9
                                               : 0;
  const double nanos = value * nanos_per_unit;
  if (nanos_per_unit == 0 || nanos >= static_cast<double>(std::numeric_limits<std::int64_t>::max())) return std::nullopt;
  return nanoseconds(std::llround(nanos));
}

// 999.5 of a unit would round to four digits, so the next one takes over there.
char* write_human(char* at, Duration duration) {
  const bool negative = duration.count() < 0;
  const std::uint64_t nanos =
      negative ? 0 - static_cast<std::uint64_t>(duration.count()) : static_cast<std::uint64_t>(duration.count());
  if (negative) *at++ = '-';
  if (nanos < 1'000) return write_text(write_small(at, nanos), " ns");
  if (nanos < 999'500) return write_text(write_three_digits<1'000>(at, nanos), " µs");
  if (nanos < 999'500'000) return write_text(write_three_digits<1'000'000>(at, nanos), " ms");
  if (nanos < 59'950'000'000) return write_text(write_three_digits<1'000'000'000>(at, nanos), " s");
  const std::uint64_t whole = divided(nanos, kNanosPerSecond);
  return write_text(write_number(write_text(write_number(at, whole / 60), "m "), whole % 60), "s");
}

std::string to_human(Duration duration) {
  char text[kHumanBytesMax];
  return {text, write_human(text, duration)};
}

std::string to_time_of_day(Time time) {
  constexpr std::int64_t kMillisPerDay = 86'400'000;
  const std::int64_t nanos = time.time_since_epoch().count();
  const std::int64_t floored = nanos / 1'000'000 - (nanos % 1'000'000 < 0 ? 1 : 0);
  const std::int64_t millis = (floored % kMillisPerDay + kMillisPerDay) % kMillisPerDay;
  std::string text = "00:00:00.000";
  put_digits(text, 0, 2, millis / 3'600'000);
  put_digits(text, 3, 2, millis / 60'000 % 60);
  put_digits(text, 6, 2, millis / 1'000 % 60);
  put_digits(text, 9, 3, millis % 1'000);
  return text;
}

}  // namespace testigo
