// Header blocks that come again and again: where one differs from an earlier one in values of metadata alone, only these are
// decoded.
//
// It serves one decoder. What a block means rests on the decoder's state, of which it is given the number; a block is remembered
// when one that begins alike comes the second time in the same state, and only when nothing about it is out of the ordinary.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <vector>

#include "base/bytes.h"
#include "base/limits.h"
#include "wire/http2/decoded_block.h"

namespace testigo::http2 {

class BlockMemory {
 public:
  // The value of a literal that was not inserted: where its string stands in the block, and whose it is.
  struct Value {
    std::size_t begin = 0;
    std::size_t end = 0;
    std::size_t field = 0;
  };

  explicit BlockMemory(const Limits& limits)
      : block_bytes_max_(std::min(limits.block_bytes_max, kBlockBytesMax)),
        decoded_bytes_max_(limits.block_decoded_bytes_max),
        string_bytes_max_(limits.string_bytes_max),
        kept_bytes_max_(std::min(limits.history_bytes_max / 4, kKeptBytesMax)) {}

  // What decoding the block in that state gives; null where no block that is remembered tells. Valid until the next call.
  const DecodedBlock* recall(Bytes block, std::uint64_t state);

  // A block that was decoded, and what of it the decoder read as a value that it did not insert. The number of those that will be
  // alike, 0 where it is not remembered.
  std::uint64_t note(Bytes block, std::uint64_t state, const DecodedBlock& decoded, std::span<const Value> values);

 private:
  static constexpr std::size_t kSlots = 16;
  static constexpr std::size_t kBlockBytesMax = 512;
  static constexpr std::size_t kFieldsMax = 32;
  static constexpr std::size_t kKeptBytesMax = std::size_t{64} << 10;  // of all slots; less where the history has less
  static constexpr std::size_t kValuesMax = 4;
  static constexpr std::size_t kValueBytesMax = 0x7e;  // coded: a length of one octet
  static constexpr unsigned kMissesMin = 16;           // before what is remembered gives way

  struct Slot {
    std::uint64_t state = 0;  // 0: nothing is remembered
    std::vector<std::byte> octets;
    std::vector<Value> values;
    std::vector<char> texts;  // of literals
    std::vector<char> values_texts;
    DecodedBlock decoded;
    // What came last without being known, and how often since the slot was filled.
    std::uint64_t begins = 0;
    std::uint64_t begins_state = 0;
    unsigned misses = 0;

    std::size_t bytes = 0;
  };

  static std::uint64_t beginning(Bytes block);
  Slot& slot_of(std::uint64_t beginning) { return slots_[beginning * 0x9e37'79b9'7f4a'7c15 >> 60]; }
  static bool worth_filling(Slot& slot, std::uint64_t begins, std::uint64_t state);
  bool is_ordinary(Bytes block, const DecodedBlock& decoded) const;
  bool agrees(Slot& slot, Bytes block) const;
  static std::size_t cost(Bytes block, const DecodedBlock& decoded);
  void fill(Slot& slot, Bytes block, const DecodedBlock& decoded, std::span<const Value> values);

  std::size_t block_bytes_max_;
  std::size_t decoded_bytes_max_;
  std::size_t string_bytes_max_;
  std::size_t kept_bytes_max_;
  std::size_t kept_bytes_ = 0;
  std::uint64_t filled_ = 0;
  std::vector<Slot> slots_;  // made for the first block
};

}  // namespace testigo::http2
