#include "wire/http2/hpack_insertions.h"

#include "wire/http2/hpack_layout.h"

namespace testigo::http2 {

std::uint64_t insertions_at_most(Bytes block) {
  const std::byte* at = block.data();
  const std::byte* const end = at + block.size();
  std::uint64_t insertions = 0;
  while (at != end) {
    const auto left = static_cast<std::uint64_t>(end - at);
    const RepresentationRead read = read_representation(at, end);
    if (!read.whole) return insertions + (left + 1) / kInsertionBytes;
    insertions += read.inserts ? 1 : 0;
  }
  return insertions;
}

bool names_request(Bytes block) {
  constexpr std::uint32_t kFirst = 2, kLast = 7;  // of the static table (RFC 7541 appendix A)
  const std::byte* at = block.data();
  const std::byte* const end = at + block.size();
  bool names = false;
  while (at != end) {
    const RepresentationRead read = read_representation(at, end);
    if (!read.whole) return false;
    names |= !read.size_update && read.index >= kFirst && read.index <= kLast;
  }
  return names;
}

}  // namespace testigo::http2
