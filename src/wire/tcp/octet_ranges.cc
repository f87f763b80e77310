#include "wire/tcp/octet_ranges.h"

#include <algorithm>
#include <iterator>

namespace testigo::tcp {

void OctetRanges::add(OctetRange range) {
  if (range.from >= range.to) return;
  auto at = ranges_.upper_bound(range.from);
  if (at != ranges_.begin() && std::prev(at)->second >= range.from) --at;
  while (at != ranges_.end() && at->first <= range.to) {
    range = {std::min(range.from, at->first), std::max(range.to, at->second)};
    at = ranges_.erase(at);
  }
  ranges_.emplace_hint(at, range.from, range.to);
}

std::optional<OctetRange> OctetRanges::first_in(OctetRange range) const {
  auto at = ranges_.upper_bound(range.from);
  if (at != ranges_.begin() && std::prev(at)->second > range.from) --at;
  if (at == ranges_.end() || at->first >= range.to || range.from >= range.to) return std::nullopt;
  return OctetRange{std::max(range.from, at->first), std::min(range.to, at->second)};
}

void OctetRanges::drop_before(std::uint64_t at) {
  while (!ranges_.empty() && ranges_.begin()->first < at) {
    const auto first = ranges_.extract(ranges_.begin());
    if (first.mapped() > at) ranges_.emplace_hint(ranges_.begin(), at, first.mapped());
  }
}

}  // namespace testigo::tcp
