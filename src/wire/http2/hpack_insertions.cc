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

struct Representation {
  bool inserts = false;
  bool field = false;  // no size update
  std::uint32_t index = 0;
};

// One of them (section 6); false when it cannot be read to its end.
bool skip_representation(const std::byte*& at, const std::byte* end, Representation& read) {
  const auto octet = std::to_integer<unsigned>(*at);
  read.inserts = (octet & 0xc0) == 0x40;
  const bool literal = read.inserts || (octet & 0xe0) == 0;
  read.field = literal || (octet & 0x80) != 0;
  const unsigned prefix_bits = (octet & 0x80) != 0 ? 7 : read.inserts ? 6 : literal ? 4 : 5;
  if (read_integer(at, end, prefix_bits, read.index) != IntegerRead::Done) return false;
  if (!literal) return true;
  return (read.index != 0 || skip_string(at, end)) && skip_string(at, end);
}

}  // namespace

std::uint64_t insertions_at_most(Bytes block) {
  const std::byte* at = block.data();
  const std::byte* const end = at + block.size();
  std::uint64_t insertions = 0;
  while (at != end) {
    const auto left = static_cast<std::uint64_t>(end - at);
    Representation read;
    if (!skip_representation(at, end, read)) return insertions + (left + 1) / kInsertionBytes;
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
    Representation read;
    if (!skip_representation(at, end, read)) return false;
    names |= read.field && read.index >= kFirst && read.index <= kLast;
  }
  return names;
}

}  // namespace testigo::http2
