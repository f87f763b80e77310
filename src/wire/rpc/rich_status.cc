#include "wire/rpc/rich_status.h"

namespace testigo::rpc {
namespace {

constexpr int kVarintBytesMax = 10;

// Wire types.
constexpr std::uint64_t kVarint = 0;
constexpr std::uint64_t kFixed64 = 1;
constexpr std::uint64_t kBytes = 2;
constexpr std::uint64_t kFixed32 = 5;

std::optional<std::uint64_t> take_varint(std::string_view& octets) {
  std::uint64_t value = 0;
  for (int i = 0; i < kVarintBytesMax && !octets.empty(); ++i) {
    const auto octet = static_cast<unsigned char>(octets.front());
    octets.remove_prefix(1);
    value |= std::uint64_t{octet & 0x7fU} << 7 * i;
    if (octet < 0x80) return value;
  }
  return std::nullopt;
}

std::optional<std::string_view> take(std::string_view& octets, std::uint64_t size) {
  if (size > octets.size()) return std::nullopt;
  const std::string_view taken = octets.substr(0, size);
  octets.remove_prefix(size);
  return taken;
}

// The value of a field that has none of the two types we know.
std::optional<std::string_view> take_value(std::string_view& octets, std::uint64_t wire_type) {
  switch (wire_type) {
    case kFixed64:
      return take(octets, 8);
    case kFixed32:
      return take(octets, 4);
    case kBytes:
      if (const auto size = take_varint(octets)) return take(octets, *size);
      return std::nullopt;
    default:  // groups, which proto3 does not have
      return std::nullopt;
  }
}

}  // namespace

std::optional<RichStatus> read_rich_status(std::string_view octets) {
  RichStatus status;
  while (!octets.empty()) {
    const auto tag = take_varint(octets);
    if (!tag || *tag >> 3 == 0) return std::nullopt;
    if ((*tag & 7) == kVarint) {
      const auto value = take_varint(octets);
      if (!value) return std::nullopt;
      if (*tag >> 3 == 1) status.code = static_cast<std::int32_t>(*value);
      continue;
    }
    const auto value = take_value(octets, *tag & 7);
    if (!value) return std::nullopt;
    if (*tag == (2 << 3 | kBytes)) status.message = *value;
  }
  return status;
}

}  // namespace testigo::rpc
