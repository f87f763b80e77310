#include "call/behind_gap.h"

#include <algorithm>

namespace testigo::call {

std::uint64_t BrokenFrame::data_in(std::uint64_t octets) const {
  const std::uint64_t end = std::min(at + octets, data_end), begin = std::max(at, data_begin);
  return end > begin ? end - begin : 0;
}

std::uint32_t UnknownMethods::number(const std::vector<std::uint64_t>& entries) {
  if (entries.empty()) return 0;
  const auto known = numbers_.find(entries);
  if (known != numbers_.end()) return known->second;
  if (numbers_.size() >= kept_max_) return 0;
  const auto next = static_cast<std::uint32_t>(numbers_.size() + 1);
  numbers_.emplace(entries, next);
  return next;
}

}  // namespace testigo::call
