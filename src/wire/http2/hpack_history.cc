#include "wire/http2/hpack_history.h"

#include <algorithm>

namespace testigo::http2 {
namespace {

constexpr std::size_t kSlotsAtFirst = 16;

// What `unknown_number` gives for an insertion that was seen, the n-th one; numbers of unseen ones are even.
std::uint64_t seen_number(std::uint64_t n) { return 2 * n - 1; }

}  // namespace

HpackHistory::HpackHistory(std::size_t bytes_max) : bytes_max_(bytes_max) {}

void HpackHistory::insert(const Entry& entry) {
  // The texts may be those of an older entry: they never move, not even when the slots do.
  const std::string_view name = entry.field.name, value = entry.field.value;
  ++inserted_;
  if (remembered_ == slots_.size()) grow();
  Slot& slot = slots_[inserted_ & (slots_.size() - 1)];
  slot.text = std::make_unique_for_overwrite<char[]>(name.size() + value.size());
  char* const value_text = std::ranges::copy(name, slot.text.get()).out;
  std::ranges::copy(value, value_text);
  slot.entry = entry;
  slot.entry.field.name = {slot.text.get(), name.size()};
  slot.entry.field.value = {value_text, value.size()};
  slot.entry.field.representation = Representation::Indexed;
  slot.entry.field.unknown_entry = entry.field.exact() ? 0 : seen_number(inserted_);
  ++remembered_;
  ++since_taint_;
  ++table_entries_;
  bytes_ += slot.entry.bytes();
  table_bytes_ += slot.entry.bytes();
  evict();
  note_change();
}

void HpackHistory::resize(std::uint32_t table_octets) {
  table_bytes_max_ = table_octets;
  evict();
  note_change();
}

void HpackHistory::forget_beyond_limit() {
  if (bytes_ <= bytes_max_) return;
  while (bytes_ > bytes_max_) forget_oldest();
  note_change();
}

void HpackHistory::forget_evicted() {
  while (remembered_ > table_entries_) forget_oldest();
  note_change();
}

void HpackHistory::taint() {
  since_taint_ = 0;
  ++taints_;
  complete_ = false;
  unknown_base_ += unknown_reach_;
  unknown_reach_ = 0;
  note_change();
}

std::uint64_t HpackHistory::unknown_number(std::uint64_t j) {
  if (j < since_taint_) return seen_number(inserted_ - j);
  const std::uint64_t unseen = j - since_taint_;
  unknown_reach_ = std::max(unknown_reach_, unseen + 1);
  return 2 * (unknown_base_ + unseen + 1);
}

std::optional<std::uint64_t> HpackHistory::unseen_index(std::uint64_t number) const {
  if (number == 0 || is_seen_number(number) || number / 2 <= unknown_base_) return std::nullopt;
  return number / 2 - unknown_base_ - 1;
}

// Called after `inserted_` has counted the entry to come, whose slot is not filled yet.
void HpackHistory::grow() {
  std::vector<Slot> larger(std::max(kSlotsAtFirst, 2 * slots_.size()));
  for (std::uint64_t number = inserted_ - remembered_; number < inserted_; ++number) {
    larger[number & (larger.size() - 1)] = std::move(slots_[number & (slots_.size() - 1)]);
  }
  slots_ = std::move(larger);
}

void HpackHistory::evict() {
  while (table_bytes_ > table_bytes_max_) {
    --table_entries_;
    table_bytes_ -= at(table_entries_)->bytes();
  }
}

void HpackHistory::forget_oldest() {
  Slot& slot = slots_[(inserted_ - remembered_ + 1) & (slots_.size() - 1)];
  const std::uint64_t bytes = slot.entry.bytes();
  if (table_entries_ == remembered_) {
    --table_entries_;
    table_bytes_ -= bytes;
    forgot_table_ = true;
  }
  --remembered_;
  bytes_ -= bytes;
  slot.text.reset();
}

void HpackHistory::note_change() {
  ++changes_;
  const std::uint64_t certain = table_known() ? table_entries_ : since_taint_;
  plain_ = static_cast<std::size_t>(std::min<std::uint64_t>(remembered_, certain));
}

}  // namespace testigo::http2
