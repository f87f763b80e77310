#include "wire/http2/hpack_layout.h"

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

}  // namespace

RepresentationRead read_representation(const std::byte*& at, const std::byte* end) {
  const auto octet = std::to_integer<unsigned>(*at);
  RepresentationRead read;
  read.inserts = (octet & 0xc0) == 0x40;
  read.size_update = (octet & 0xe0) == 0x20;
  const bool literal = read.inserts || (octet & 0xe0) == 0;
  const unsigned prefix_bits = (octet & 0x80) != 0 ? 7 : read.inserts ? 6 : literal ? 4 : 5;
  read.whole = read_integer(at, end, prefix_bits, read.index) == IntegerRead::Done &&
               (!literal || ((read.index != 0 || skip_string(at, end)) && skip_string(at, end)));
  return read;
}

std::vector<Extent> field_extents(Bytes block) {
  std::vector<Extent> extents;
  const std::byte* at = block.data();
  const std::byte* const end = at + block.size();
  while (at != end) {
    const auto begin = static_cast<std::size_t>(at - block.data());
    const RepresentationRead read = read_representation(at, end);
    if (!read.whole) break;
    if (!read.size_update) extents.push_back({begin, static_cast<std::size_t>(at - block.data())});
  }
  return extents;
}

}  // namespace testigo::http2
