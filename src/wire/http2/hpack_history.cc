#include "wire/http2/hpack_history.h"

#include <algorithm>
#include <utility>

namespace testigo::http2 {
namespace {

constexpr std::size_t kEntriesAtFirst = 16;
constexpr std::size_t kTextsAtFirstBytes = 256;
constexpr std::size_t kTextsBytes = 4096;

// What `unknown_number` gives for an insertion that was seen, the n-th one; numbers of unseen ones are even.
std::uint64_t seen_number(std::uint64_t n) { return 2 * n - 1; }

}  // namespace

HpackHistory::HpackHistory(std::size_t bytes_max) : bytes_max_(bytes_max) {}

void HpackHistory::insert(const HeaderField& field, std::uint32_t bytes_not_kept, std::uint64_t name_entry) {
  // The texts may be those of an older entry: they never move, not even when the slots do.
  const std::string_view name = field.name, value = field.value;
  ++inserted_;
  if (remembered_ > mask_ || entries_ == nullptr) grow();
  char* const name_text = provide(name.size() + value.size());
  char* const value_text = put_text(name, name_text);
  put_text(value, value_text);
  Entry& kept = entry(inserted_);
  kept = {field, bytes_not_kept, name_entry};
  kept.field.name = {name_text, name.size()};
  kept.field.value = {value_text, value.size()};
  kept.field.representation = Representation::Indexed;
  kept.field.unknown_entry = field.exact() ? 0 : seen_number(inserted_);
  ++remembered_;
  ++since_taint_;
  ++table_entries_;
  const std::uint64_t bytes = kept.bytes();
  bytes_ += bytes;
  table_bytes_ += bytes;
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

// Called after `inserted_` has counted the entry to come, whose place is not filled yet.
void HpackHistory::grow() {
  const std::size_t size = entries_ == nullptr ? kEntriesAtFirst : 2 * (mask_ + 1);
  auto larger = std::make_unique<Entry[]>(size);
  for (std::uint64_t number = inserted_ - remembered_; number < inserted_; ++number) larger[number & (size - 1)] = entry(number);
  entries_ = std::move(larger);
  mask_ = size - 1;
}

// Room for the texts of the entry that `inserted_` has counted. What is left of the last room is given up where it is too small.
char* HpackHistory::provide(std::size_t size) {
  if (size > static_cast<std::size_t>(text_end_ - text_at_) || text_at_ == nullptr) {
    if (!texts_.empty()) texts_.back().newest = inserted_ - 1;
    const std::size_t usual = texts_.empty() ? kTextsAtFirstBytes : std::min(2 * texts_.back().size, kTextsBytes);
    const std::size_t room = std::max(size, usual);
    texts_.push_back({std::make_unique_for_overwrite<char[]>(room), room});
    text_at_ = texts_.back().room.get();
    text_end_ = text_at_ + room;
  }
  return std::exchange(text_at_, text_at_ + size);
}

void HpackHistory::evict() {
  while (table_bytes_ > table_bytes_max_) {
    --table_entries_;
    table_bytes_ -= at(table_entries_)->bytes();
  }
}

void HpackHistory::forget_oldest() {
  const std::uint64_t oldest = inserted_ - remembered_ + 1;
  const std::uint64_t bytes = entry(oldest).bytes();
  if (table_entries_ == remembered_) {
    --table_entries_;
    table_bytes_ -= bytes;
    forgot_table_ = true;
  }
  --remembered_;
  bytes_ -= bytes;
  if (remembered_ == 0) {
    texts_.clear();
    text_at_ = text_end_ = nullptr;
  } else if (texts_.front().newest == oldest) {
    texts_.pop_front();
  }
}

void HpackHistory::note_change() {
  ++changes_;
  const std::uint64_t certain = table_known() ? table_entries_ : since_taint_;
  plain_ = static_cast<std::size_t>(std::min<std::uint64_t>(remembered_, certain));
}

}  // namespace testigo::http2
