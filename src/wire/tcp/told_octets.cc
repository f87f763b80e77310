#include "wire/tcp/told_octets.h"

#include <algorithm>

namespace testigo::tcp {
namespace {

// What a connection on which nothing happens may keep allocated.
constexpr std::size_t kIdleBytesMax = 4096;

}  // namespace

bool ToldOctets::differ(std::uint64_t offset, Bytes octets) const {
  const std::uint64_t from = std::max({offset, first_, acknowledged_}), to = std::min(offset + octets.size(), end());
  if (from >= to) return false;
  const Bytes told = octets_.all().subspan(from - first_, to - from);
  return told != Bytes(octets.subspan(from - offset, to - from));
}

void ToldOctets::clear(std::uint64_t next) {
  first_ = next;
  octets_.clear();
  if (octets_.capacity() > kIdleBytesMax) release();
}

void ToldOctets::drop_front(std::size_t count) {
  octets_.drop_front(count);
  first_ += count;
}

}  // namespace testigo::tcp
