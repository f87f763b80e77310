// Octets that somebody else owns, and how to read numbers from them.
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace testigo {

// A borrowed run of octets; equal when the octets are equal.
class Bytes : public std::span<const std::byte> {
 public:
  using std::span<const std::byte>::span;
  Bytes(std::span<const std::byte> octets) : std::span<const std::byte>(octets) {}  // NOLINT: a span is what it is

  friend bool operator==(Bytes a, Bytes b) { return std::ranges::equal(a, b); }
};

inline Bytes as_octets(std::string_view text) { return std::as_bytes(std::span(text.data(), text.size())); }

inline std::string_view as_text(Bytes octets) { return {reinterpret_cast<const char*>(octets.data()), octets.size()}; }

template <class Number>
Number load_as_is(const std::byte* from) {
  Number value;
  std::memcpy(&value, from, sizeof value);
  return value;
}

// Of network order.
template <class Number>
Number load_network(const std::byte* from) {
  static_assert(sizeof(Number) == 2 || sizeof(Number) == 4);
  const auto value = load_as_is<Number>(from);
  if constexpr (std::endian::native == std::endian::big) return value;
  return sizeof value == 4 ? static_cast<Number>(__builtin_bswap32(static_cast<std::uint32_t>(value)))
                           : static_cast<Number>(__builtin_bswap16(static_cast<std::uint16_t>(value)));
}

// An unsigned number of `size` octets (at most 8) in network order; the caller has checked that they are there.
inline std::uint64_t load_number(const std::byte* from, std::size_t size) {
  if (size == 4) return load_network<std::uint32_t>(from);
  if (size == 2) return load_network<std::uint16_t>(from);
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < size; ++i) value = value << 8 | std::to_integer<std::uint64_t>(from[i]);
  return value;
}

// The same, the least octet first.
inline std::uint64_t load_little_endian(const std::byte* from, std::size_t size) {
  if constexpr (std::endian::native == std::endian::little) {
    if (size == 4) return load_as_is<std::uint32_t>(from);
    if (size == 2) return load_as_is<std::uint16_t>(from);
  }
  std::uint64_t value = 0;
  for (std::size_t i = size; i-- > 0;) value = value << 8 | std::to_integer<std::uint64_t>(from[i]);
  return value;
}

// Appends the low `size` octets of `value` in network order.
inline void append_number(std::vector<std::byte>& to, std::uint64_t value, std::size_t size) {
  for (std::size_t i = size; i-- > 0;) to.push_back(static_cast<std::byte>(value >> (8 * i)));
}

inline void append(std::vector<std::byte>& to, Bytes octets) { to.insert(to.end(), octets.begin(), octets.end()); }

// "00ff1a", lower case.
std::string to_hex(Bytes octets);

// The octets of a text of hexadecimal digits; white space is passed over. For tests and tables: asserts that it is well formed.
std::vector<std::byte> from_hex(std::string_view digits);

}  // namespace testigo
