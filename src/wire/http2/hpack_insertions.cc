#include "wire/http2/hpack_insertions.h"

#include "wire/http2/hpack_integer.h"

namespace testigo::http2 {
namespace {

bool skip_string(const std::byte*& at, const std::byte* end) {
  std::uint32_t size = 0;
  if (at == end || read_integer(at, end, 7, size) != IntegerRead::Done) return false;
  if (size > static_cast<std::size_t>(end - at)) return false;
  at += size;
  return true;
}

// One representation (section 6); false when it cannot be read to its end.
bool skip_representation(const std::byte*& at, const std::byte* end, bool& inserts) {
  const auto octet = std::to_integer<unsigned>(*at);
  inserts = (octet & 0xc0) == 0x40;
  const bool literal = inserts || (octet & 0xe0) == 0;
  const unsigned prefix_bits = (octet & 0x80) != 0 ? 7 : inserts ? 6 : literal ? 4 : 5;
  std::uint32_t index = 0;
  if (read_integer(at, end, prefix_bits, index) != IntegerRead::Done) return false;
  if (!literal) return true;
  return (index != 0 || skip_string(at, end)) && skip_string(at, end);
}

}  // namespace

std::uint64_t insertions_at_most(Bytes block) {
  const std::byte* at = block.data();
  const std::byte* const end = at + block.size();
  std::uint64_t insertions = 0;
  while (at != end) {
    const auto left = static_cast<std::uint64_t>(end - at);
    bool inserts = false;
    if (!skip_representation(at, end, inserts)) return insertions + (left + 1) / kInsertionBytes;
    insertions += inserts ? 1 : 0;
  }
  return insertions;
}

}  // namespace testigo::http2
