// Header blocks that come again and again: where one differs from an earlier one in values of metadata alone, only these are
// decoded.
//
// It serves one decoder. What a block means rests on the decoder's state, of which it is given the number; a block is remembered
// when one that begins alike comes the second time in the same state, and only when nothing about it is out of the ordinary.
// Who wants it to forget can send other blocks, so nothing is gained by blocks that meet in one set of it on purpose.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <memory>
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
  const DecodedBlock* recall(Bytes block, std::uint64_t state) {
    if (block.empty() || recent_ == nullptr) return nullptr;
    // Blocks mostly come in the same order as before. To look there first is quicker than to find out where to look.
    Slot* const next = recent_->next;
    Slot* const slot = next != nullptr && tells(*next, block, state) ? next : find(block, state);
    if (slot == nullptr) return nullptr;
    recent_->next = slot;
    recent_ = slot;
    return &slot->decoded;
  }

  // A block that was decoded, and what of it the decoder read as a value that it did not insert. Fields that are indexed must stay
  // where they are as long as the state is the same. The number of the blocks that will be alike, 0 where it is not remembered.
  std::uint64_t note(Bytes block, std::uint64_t state, const DecodedBlock& decoded, std::span<const Value> values);

 private:
  static constexpr std::uint64_t kNotIndexed = 0x8080'8080'8080'8080;  // octets without that bit
  static constexpr std::uint64_t kOdd = 0x9e37'79b9'7f4a'7c15;
  static constexpr unsigned kSetsLog2 = 5;
  static constexpr std::size_t kWays = kAlikeMax >> kSetsLog2;
  static constexpr std::size_t kBlockBytesMax = 512;
  static constexpr std::size_t kFieldsMax = 32;
  static constexpr std::size_t kKeptBytesMax = std::size_t{64} << 10;  // of all slots; less where the history has less
  static constexpr std::size_t kSpareBytes = 256;                      // of a slot, beside twice what it needs
  static constexpr std::size_t kValuesMax = 4;
  static constexpr std::size_t kValueBytesMax = 0x7e;  // coded: a length of one octet
  static constexpr unsigned kMissesMin = 16;           // before what is remembered gives way
  static constexpr unsigned kAwaitedMin = 8;           // before what is awaited does

  struct Slot {
    std::uint64_t state = 0;
    std::uint64_t head = 0;
    std::vector<std::byte> octets;
    std::vector<Value> values;
    std::vector<char> texts;  // of literals
    std::vector<char> values_texts;
    DecodedBlock decoded;
    Slot* next = nullptr;   // that was asked for behind this one
    std::size_t place = 0;  // among all slots
    Slot** home = nullptr;  // where its set points to it
    std::size_t bytes = 0;
  };

  // Blocks whose beginnings have a hash in common.
  struct Set {
    std::array<std::uint64_t, kWays> begins{};
    std::array<Slot*, kWays> slots{};
    // What came without being known; it is remembered when it comes again.
    std::uint64_t awaited = 0;
    std::uint64_t awaited_state = 0;
    unsigned passed_over = 0;
    unsigned misses = 0;  // since a slot was filled
    unsigned next = 0;    // that gives way
  };

  template <typename Number>
  static std::uint64_t load(const std::byte* from);
  static std::uint64_t head_of(Bytes block);
  static std::uint64_t beginning(Bytes block, std::uint64_t head);
  static std::uint64_t beginning_with_texts(Bytes block, std::uint64_t head);
  Set& set_of(std::uint64_t begins) const { return (*sets_)[begins * kOdd >> (64 - kSetsLog2)]; }
  Slot* find(Bytes block, std::uint64_t state) const;
  static bool is_same(const Slot& slot, Bytes block);
  bool tells(Slot& slot, Bytes block, std::uint64_t state) const {
    return slot.state == state && (slot.values.empty() ? is_same(slot, block) : agrees(slot, block));
  }
  bool agrees(Slot& slot, Bytes block) const;

  static bool comes_again(Set& set, std::uint64_t begins, std::uint64_t state);
  static std::size_t way_to_fill(Set& set, std::uint64_t state);
  bool is_ordinary(Bytes block, const DecodedBlock& decoded) const;
  static std::size_t cost(Bytes block, const DecodedBlock& decoded, std::size_t values);
  bool make_room(const Slot* slot, std::size_t bytes, std::uint64_t state);
  Slot& provide(Slot*& home, std::uint64_t state);
  void fill(Slot& slot, Bytes block, const DecodedBlock& decoded, std::span<const Value> values);

  std::size_t block_bytes_max_;
  std::size_t decoded_bytes_max_;
  std::size_t string_bytes_max_;
  std::size_t kept_bytes_max_;
  std::size_t kept_bytes_ = 0;
  std::uint64_t filled_ = 0;
  using Sets = std::array<Set, std::size_t{1} << kSetsLog2>;
  std::unique_ptr<Sets> sets_;                // made for the first block
  std::vector<std::unique_ptr<Slot>> slots_;  // each stays where it is
  Slot* recent_ = nullptr;                    // the one asked for last; null while there is none
};

template <typename Number>
std::uint64_t BlockMemory::load(const std::byte* from) {
  if constexpr (std::endian::native == std::endian::little) return load_as_is<Number>(from);
  return load_little_endian(from, sizeof(Number));
}

// The first eight octets, the first one lowest; zeros where there are none. The block is not empty.
inline std::uint64_t BlockMemory::head_of(Bytes block) {
  const std::byte* const at = block.data();
  const std::size_t size = block.size();
  if (size >= 8) return load<std::uint64_t>(at);
  if (size >= 4) return load<std::uint32_t>(at) | load<std::uint32_t>(at + size - 4) << (8 * (size - 4));
  const auto octet = [&](std::size_t i) { return std::to_integer<std::uint64_t>(at[i]) << (8 * i); };
  return octet(0) | octet(size / 2) | octet(size - 1);
}

// Every octet; of those that the head has not, eight at a time.
inline bool BlockMemory::is_same(const Slot& slot, Bytes block) {
  const std::size_t size = block.size();
  if (slot.octets.size() != size || slot.head != head_of(block)) return false;
  if (size <= 8) return true;
  const std::byte *const a = slot.octets.data(), *const b = block.data();
  std::uint64_t differ = load_as_is<std::uint64_t>(a + size - 8) ^ load_as_is<std::uint64_t>(b + size - 8);
  for (std::size_t at = 8; at + 8 < size; at += 8) {
    differ |= load_as_is<std::uint64_t>(a + at) ^ load_as_is<std::uint64_t>(b + at);
  }
  return differ == 0;
}

// Up to the first octet that is no index, and with it; where that one begins a literal whose name is a pseudo-header's, what tells
// its value from others, too, and so on. Values that may differ stand behind that.
inline std::uint64_t BlockMemory::beginning(Bytes block, std::uint64_t head) {
  const std::uint64_t others = ~head & kNotIndexed;
  if (others == 0) return head;
  const std::uint64_t through = others ^ (others - 1);
  const std::uint64_t last = head & (through ^ through >> 8);  // that octet alone
  const auto octet = static_cast<unsigned>(last >> (std::countr_zero(others) - 7));
  return (octet & 0xe0) != 0 || octet % 16 == 0 || octet % 16 == 15 ? head & through : beginning_with_texts(block, head & through);
}

}  // namespace testigo::http2
