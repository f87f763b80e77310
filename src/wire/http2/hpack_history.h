// The insertions of one direction of one connection, newest first, of which the dynamic table of RFC 7541 section 2.3.2 is a
// prefix.
//
// Texts never move: a view into an entry is valid until one of the two `forget_` functions drops the entry.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "wire/http2/header_field.h"

namespace testigo::http2 {

class HpackHistory {
 public:
  struct Entry {
    HeaderField field;                 // as a reference to the entry gives it
    std::uint32_t bytes_not_kept = 0;  // octets of a name or value that was seen but is over a limit, and so unknown
    std::uint64_t name_entry = 0;      // where a name that is unknown was taken from: the `unknown_number` of that entry, else 0

    // Section 4.1.
    std::uint64_t bytes() const { return field.name.size() + field.value.size() + bytes_not_kept + 32; }
  };

  explicit HpackHistory(std::size_t bytes_max);

  // Section 4.4: puts a copy of the texts in front and evicts from the table what no longer fits. An entry larger than the table
  // empties it, and stays in the history all the same.
  void insert(const HeaderField& field, std::uint32_t bytes_not_kept = 0, std::uint64_t name_entry = 0);

  // Section 4.3.
  void resize(std::uint32_t table_octets);

  // Drops the oldest entries until the rest is within the `bytes_max` given. Apart from `insert`, so that what one block refers to
  // stays while the block is decoded.
  void forget_beyond_limit();
  bool beyond_limit() const { return bytes_ > bytes_max_; }
  // Drops what the table no longer holds: for an encoder, which has no use for more.
  void forget_evicted();

  // The (j+1)-th newest insertion, j = 0 being the newest. Null when it was never made, or is older than what is remembered.
  const Entry* at(std::uint64_t j) const { return j < remembered_ ? &entries_[(inserted_ - j) & mask_] : nullptr; }

  // The same where nothing is in the way: no gap since then, within the table as far as it is known; else null.
  const HeaderField* at_plain(std::uint64_t j) const { return j < plain_ ? &entries_[(inserted_ - j) & mask_].field : nullptr; }

  // Doubt about everything inserted so far.
  void taint();

  // A number, never 0, for the insertion at `j` that no other insertion of this direction has: the same from one taint to the next,
  // whatever is inserted meanwhile, whether the insertion was seen (then it is odd) or not.
  std::uint64_t unknown_number(std::uint64_t j);
  // Whether the number is one of an insertion that was seen; that insertion, null when it is no longer remembered.
  static bool is_seen_number(std::uint64_t number) { return number % 2 == 1; }
  const Entry* at_seen_number(std::uint64_t number) const { return at(inserted_ - (number + 1) / 2); }
  // Of an insertion that was not seen since the last taint: how many of those are newer. Nothing for a number from before.
  std::optional<std::uint64_t> unseen_index(std::uint64_t number) const;

  // Insertions seen in all, and since the last taint; the same when there was none.
  std::uint64_t inserted() const { return inserted_; }
  std::uint64_t since_taint() const { return since_taint_; }
  // How often there was one.
  std::uint64_t taints() const { return taints_; }
  // How often anything about it changed.
  std::uint64_t changes() const { return changes_; }
  // Whether every insertion since the start of the connection was seen.
  bool complete() const { return complete_; }
  // Whether the numbers below are those of the sender: all was seen, and nothing forgotten that the table still holds.
  bool table_known() const { return complete_ && !forgot_table_; }
  // How many entries the table holds (section 2.3.2), as far as that is known.
  std::size_t table_entries() const { return table_entries_; }
  // Octets by section 4.1: name + value + 32 each.
  std::uint64_t table_bytes() const { return table_bytes_; }
  std::uint32_t table_bytes_max() const { return table_bytes_max_; }

 private:
  // Room for the texts of entries that came one behind the other.
  struct Texts {
    std::unique_ptr<char[]> room;
    std::size_t size = 0;
    std::uint64_t newest = 0;  // the number of the newest insertion whose texts lie in it; of the last one it is not told yet
  };

  char* provide(std::size_t size);
  Entry& entry(std::uint64_t number) { return entries_[number & mask_]; }
  void grow();
  void evict();
  void forget_oldest();
  void note_change();

  // A ring of 2^n, which is `mask_` + 1 once there is one: insertion number i lies at i mod 2^n.
  std::unique_ptr<Entry[]> entries_;
  std::size_t mask_ = 0;
  std::deque<Texts> texts_;
  char* text_at_ = nullptr;  // what is free of the last one
  char* text_end_ = nullptr;
  std::size_t remembered_ = 0;
  std::size_t plain_ = 0;  // entries that `at_plain` gives
  std::uint64_t changes_ = 0;
  std::size_t bytes_max_;
  std::uint64_t bytes_ = 0;
  std::uint64_t inserted_ = 0;
  std::uint64_t since_taint_ = 0;
  std::uint64_t taints_ = 0;
  bool complete_ = true;
  bool forgot_table_ = false;
  std::size_t table_entries_ = 0;
  std::uint64_t table_bytes_ = 0;
  std::uint32_t table_bytes_max_ = 4096;
  // Numbers of unseen insertions: those below were given before the last taint, and how many were given since.
  std::uint64_t unknown_base_ = 0;
  std::uint64_t unknown_reach_ = 0;
};

}  // namespace testigo::http2
