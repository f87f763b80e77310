// Addresses as octets, and the texts of endpoints.
#pragma once

#include <array>
#include <bit>
#include <compare>
#include <cstddef>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "wire/tcp/connection_sink.h"

namespace testigo::tcp {

// An IPv6 address; an IPv4 one is kept as ::ffff:a.b.c.d (RFC 4291 2.5.5.2), so that both are one type.
struct Address {
  std::array<std::byte, 16> octets{};
  bool is_v4() const;
  std::uint64_t half(std::size_t at) const { return load_as_is<std::uint64_t>(octets.data() + 8 * at); }
  // Two words each: every packet is looked up by its addresses.
  friend bool operator==(const Address& a, const Address& b) { return ((a.half(0) ^ b.half(0)) | (a.half(1) ^ b.half(1))) == 0; }
  friend std::strong_ordering operator<=>(const Address& a, const Address& b) {
    return std::memcmp(a.octets.data(), b.octets.data(), 16) <=> 0;
  }
};

// Written as the two words that it is compared by: what was written in smaller parts is not there at once.
inline Address v4_address(const std::byte* octets) {
  const std::uint64_t v4 = load_as_is<std::uint32_t>(octets);
  const bool little = std::endian::native == std::endian::little;
  const std::array<std::uint64_t, 2> halves{0, little ? v4 << 32 | 0xffff'0000 : 0xffff'0000'0000 | v4};
  Address address;
  std::memcpy(address.octets.data(), halves.data(), address.octets.size());
  return address;
}

inline Address v6_address(const std::byte* octets) {
  Address address;
  std::memcpy(address.octets.data(), octets, address.octets.size());
  return address;
}

// "127.0.0.1", "::1", "::ffff:127.0.0.1", "fe80::1%eth0" (the zone is dropped). Nothing when it is no address.
std::optional<Address> parse_address(std::string_view text);

// IPv4 dotted, also when it was read from ::ffff:a.b.c.d.
std::string to_text(const Address& address);

// Splits "host:port", "[v6]:port" or ":port" (an empty address). The address is not looked at: it may be a name. Nothing when the
// port is missing or out of range, or when a v6 address stands without its brackets.
std::optional<Endpoint> parse_endpoint(std::string_view text);

}  // namespace testigo::tcp
