#include "wire/http2/hpack_integer.h"

#include <limits>

namespace testigo::http2 {

IntegerRead read_integer_rest(const std::byte*& at, const std::byte* end, std::uint32_t& value) {
  constexpr unsigned kLastShift = 28;
  std::uint64_t sum = value;
  for (unsigned shift = 0; shift <= kLastShift; shift += 7) {
    if (at == end) return IntegerRead::NeedMore;
    const auto octet = std::to_integer<std::uint64_t>(*at++);
    sum += (octet & 0x7f) << shift;
    if (sum > std::numeric_limits<std::uint32_t>::max()) return IntegerRead::TooLarge;
    if (octet < 0x80) {
      value = static_cast<std::uint32_t>(sum);
      return IntegerRead::Done;
    }
  }
  return IntegerRead::TooLarge;
}

void append_integer(std::vector<std::byte>& out, std::uint8_t pattern, unsigned prefix_bits, std::uint32_t value) {
  const std::uint32_t prefix_max = (1u << prefix_bits) - 1;
  if (value < prefix_max) {
    out.push_back(static_cast<std::byte>(pattern | value));
    return;
  }
  out.push_back(static_cast<std::byte>(pattern | prefix_max));
  for (value -= prefix_max; value >= 0x80; value >>= 7) out.push_back(static_cast<std::byte>(0x80 | (value & 0x7f)));
  out.push_back(static_cast<std::byte>(value));
}

}  // namespace testigo::http2
