#include "wire/http2/hpack_decoder.h"

#include <algorithm>
#include <bit>
#include <utility>

#include "wire/http2/hpack_huffman.h"
#include "wire/http2/hpack_integer.h"
#include "wire/http2/hpack_static_table.h"

namespace testigo::http2 {
namespace {

constexpr std::size_t kScratchAtFirstBytes = 256;
constexpr std::size_t kScratchKeptBytes = std::size_t{1} << 16;
constexpr std::size_t kSizeUpdatesMax = 2;       // RFC 7541 section 4.2
constexpr std::size_t kFieldOverheadBytes = 32;  // RFC 9113 section 6.5.2

// The room of its size updates stays.
void make_new(BlockOutcome& outcome) {
  std::vector<std::uint32_t> size_updates = std::move(outcome.size_updates);
  size_updates.clear();
  outcome = {.size_updates = std::move(size_updates)};
}

bool any_within(const std::vector<std::uint32_t>& size_updates, std::uint32_t allowed) {
  return std::ranges::any_of(size_updates, [&](std::uint32_t octets) { return octets <= allowed; });
}

// It is missing from the very start of the block.
void miss_size_update(BlockOutcome& outcome) {
  outcome.faults |= 1U << static_cast<unsigned>(HpackFault::SizeUpdateMissing);
  outcome.fault = HpackFault::SizeUpdateMissing;
  outcome.offset = 0;
}

}  // namespace

// Steps over the representations of a block (section 6). A step returns false when the block ends there by a fault.
class HpackDecoder::Block {
 public:
  Block(HpackDecoder& decoder, Bytes block)
      : limits_(decoder.limits_),
        history_(decoder.history_),
        table_size_limit_(decoder.table_size_limit_),
        texts_(decoder.texts_),
        scratch_(decoder.scratch_.data()),
        fields_(decoder.decoded_.fields),
        values_(decoder.values_),
        begin_(block.data()),
        at_(begin_),
        end_(begin_ + std::min(block.size(), limits_.block_bytes_max)),
        cut_(block.size() > limits_.block_bytes_max),
        fields_left_(limits_.block_fields_max),
        bytes_left_(limits_.block_decoded_bytes_max),
        outcome_(decoder.decoded_.outcome) {}

  void run() {
    while (at_ != end_) {
      take_plainly_indexed();
      if (at_ == end_) break;
      start_ = at_;
      if (!representation()) break;
    }
    if (outcome_.complete && cut_) {
      start_ = at_;
      stop(HpackFault::LimitReached);
    }
    outcome_.list_bytes = limits_.block_decoded_bytes_max - bytes_left_ + kFieldOverheadBytes * fields_.size();
  }

 private:
  void take_plainly_indexed();
  bool representation();
  bool indexed();
  bool literal(Representation representation, unsigned prefix_bits);
  bool size_update();

  bool integer(unsigned prefix_bits, std::uint32_t& value);
  bool string(bool inserted, std::string_view& text, Known& known, std::uint32_t& bytes_not_kept);
  bool decode_string(bool inserted, Bytes coded, char*& to);
  bool find(std::uint32_t index, HeaderField& field);
  bool find_inserted(std::uint64_t j, HeaderField& field);
  void make_unknown(std::uint64_t j, HeaderField& field);
  bool add(const HeaderField& field);
  void push(const HeaderField& field);

  void note(HpackFault fault);
  bool stop(HpackFault fault);

  const Limits& limits_;
  HpackHistory& history_;
  const std::uint32_t table_size_limit_;
  TextMemory& texts_;
  char* scratch_;  // where the next string goes; there is room for every string of the block
  std::vector<HeaderField>& fields_;
  std::vector<BlockMemory::Value>& values_;
  const std::byte* const begin_;
  const std::byte* at_;
  const std::byte* const end_;
  const std::byte* start_ = nullptr;  // of the current representation
  const bool cut_;
  std::size_t fields_left_;  // until the limit
  std::size_t bytes_left_;
  BlockOutcome& outcome_;
};

// The usual fields: one octet each with an index of something that is known, and no limit in sight. Ends at whatever else comes.
inline void HpackDecoder::Block::take_plainly_indexed() {
  const std::byte* at = at_;
  const std::byte* const end = at + std::min(static_cast<std::size_t>(end_ - at), fields_left_);
  std::size_t bytes_left = bytes_left_;
  FieldNames names = outcome_.names;
  FieldNames repeated = 0;
  bool exact = true;
  for (; at != end; ++at) {
    const auto octet = std::to_integer<std::uint32_t>(*at);
    if (octet <= 0x80 || octet == 0xff) break;
    const std::uint32_t index = octet & 0x7f;
    const HeaderField* const field = index <= kStaticEntries ? &kStaticTable[index] : history_.at_plain(index - kStaticEntries - 1);
    if (field == nullptr) break;
    const std::size_t bytes = field->name.size() + field->value.size();
    if (bytes > bytes_left) break;
    bytes_left -= bytes;
    repeated |= names & bit(field->id);
    names |= bit(field->id);
    exact &= field->exact();
    fields_.push_back(*field);
  }
  outcome_.names = names;
  outcome_.repeated |= repeated;
  outcome_.exact = outcome_.exact && exact;
  fields_left_ -= static_cast<std::size_t>(at - at_);
  bytes_left_ = bytes_left;
  at_ = at;
}

bool HpackDecoder::Block::representation() {
  const auto octet = std::to_integer<unsigned>(*at_);
  if ((octet & 0x80) != 0) return indexed();
  if ((octet & 0x40) != 0) return literal(Representation::IncrementalIndexing, 6);
  if ((octet & 0x20) != 0) return size_update();
  return literal((octet & 0x10) != 0 ? Representation::NeverIndexed : Representation::WithoutIndexing, 4);
}

bool HpackDecoder::Block::indexed() {
  std::uint32_t index = 0;
  if (!integer(7, index)) return false;
  if (index == 0) return stop(HpackFault::IndexZero);
  HeaderField field;
  return find(index, field) && add(field);
}

bool HpackDecoder::Block::literal(Representation representation, unsigned prefix_bits) {
  const bool inserted = representation == Representation::IncrementalIndexing;
  std::uint32_t index = 0;
  if (!integer(prefix_bits, index)) return false;
  HeaderField field;
  std::uint32_t bytes_not_kept = 0;
  std::uint64_t name_entry = 0;
  if (index == 0) {
    if (!string(inserted, field.name, field.name_known, bytes_not_kept)) return false;
    field.tell_name();
  } else {
    if (!find(index, field)) return false;
    if (field.name_known != Known::Exact) name_entry = field.unknown_entry;
    if (field.name_known == Known::Exact) field.unknown_entry = 0;
  }
  const std::byte* const value = at_;
  if (!string(inserted, field.value, field.value_known, bytes_not_kept)) return false;
  field.tell_value();
  field.representation = representation;
  if (!add(field)) return false;
  if (!inserted) {
    values_.push_back({static_cast<std::size_t>(value - begin_), static_cast<std::size_t>(at_ - begin_), fields_.size() - 1});
    return true;
  }
  history_.insert(field, bytes_not_kept, name_entry);
  if (!field.exact()) fields_.back().unknown_entry = history_.unknown_number(0);
  return true;
}

bool HpackDecoder::Block::size_update() {
  std::uint32_t octets = 0;
  if (!integer(5, octets)) return false;
  if (!fields_.empty() || outcome_.size_updates.size() == kSizeUpdatesMax) note(HpackFault::SizeUpdateMisplaced);
  if (octets > table_size_limit_) note(HpackFault::SizeUpdateTooLarge);
  if (outcome_.size_updates.size() < kSizeUpdatesMax) outcome_.size_updates.push_back(octets);
  history_.resize(octets);
  return true;
}

inline bool HpackDecoder::Block::integer(unsigned prefix_bits, std::uint32_t& value) {
  const IntegerRead read = read_integer(at_, end_, prefix_bits, value);
  return read == IntegerRead::Done || stop(read == IntegerRead::NeedMore ? HpackFault::Truncated : HpackFault::IntegerTooLarge);
}

bool HpackDecoder::Block::string(bool inserted, std::string_view& text, Known& known, std::uint32_t& bytes_not_kept) {
  if (at_ == end_) return stop(HpackFault::Truncated);
  const bool huffman = (*at_ & std::byte{0x80}) != std::byte{0};
  std::uint32_t size = 0;
  if (!integer(7, size)) return false;
  if (size > static_cast<std::size_t>(end_ - at_)) return stop(HpackFault::Truncated);
  char* to = scratch_;
  if (!huffman) {
    to = put_text(as_text(Bytes(at_, size)), to);
  } else if (!decode_string(inserted, Bytes(at_, size), to)) {
    return false;
  }
  at_ += size;
  text = {scratch_, static_cast<std::size_t>(to - scratch_)};
  known = Known::Exact;
  if (text.size() <= limits_.string_bytes_max) {
    scratch_ = to;
    return true;
  }
  note(HpackFault::LimitReached);
  bytes_not_kept += static_cast<std::uint32_t>(text.size());
  text = {};
  known = Known::Unknown;
  return true;
}

// What is inserted does not come again as a string, but as an index.
bool HpackDecoder::Block::decode_string(bool inserted, Bytes coded, char*& to) {
  if (const std::string_view text = inserted ? std::string_view() : texts_.recall(coded); text.data() != nullptr) {
    to = put_text(text, to);
    return true;
  }
  const char* const begin = to;
  switch (huffman_decode(coded, to)) {
    case HuffmanRead::Done:
      if (!inserted) texts_.note(coded, {begin, static_cast<std::size_t>(to - begin)});
      return true;
    case HuffmanRead::Eos:
      return stop(HpackFault::HuffmanEos);
    case HuffmanRead::Padding:
      break;
  }
  return stop(HpackFault::HuffmanPadding);
}

// Section 2.3.3; the index is not 0.
inline bool HpackDecoder::Block::find(std::uint32_t index, HeaderField& field) {
  if (index > kStaticEntries) return find_inserted(index - kStaticEntries - 1, field);
  field = kStaticTable[index];
  return true;
}

bool HpackDecoder::Block::find_inserted(std::uint64_t j, HeaderField& field) {
  if (j >= history_.since_taint()) {
    if (history_.complete()) return stop(HpackFault::IndexBeyondTable);
    make_unknown(j, field);
    return true;
  }
  const bool beyond = history_.table_known() && j >= history_.table_entries();
  if (beyond) note(HpackFault::IndexBeyondTable);
  const HpackHistory::Entry* const entry = history_.at(j);
  if (entry == nullptr) {
    if (beyond) return stop(HpackFault::IndexBeyondTable);
    note(HpackFault::LimitReached);
    make_unknown(j, field);
    return true;
  }
  field = entry->field;
  return true;
}

void HpackDecoder::Block::make_unknown(std::uint64_t j, HeaderField& field) {
  field.name_known = field.value_known = Known::Unknown;
  field.unknown_entry = history_.unknown_number(j);
}

inline bool HpackDecoder::Block::add(const HeaderField& field) {
  const std::size_t bytes = field.name.size() + field.value.size();
  if (fields_left_ == 0 || bytes > bytes_left_) return stop(HpackFault::LimitReached);
  --fields_left_;
  bytes_left_ -= bytes;
  push(field);
  return true;
}

inline void HpackDecoder::Block::push(const HeaderField& field) {
  fields_.push_back(field);
  outcome_.repeated |= outcome_.names & bit(field.id);
  outcome_.names |= bit(field.id);
  outcome_.exact = outcome_.exact && field.exact();
}

void HpackDecoder::Block::note(HpackFault fault) {
  outcome_.faults |= 1U << static_cast<unsigned>(fault);
  if (outcome_.fault != HpackFault::None) return;
  outcome_.fault = fault;
  outcome_.offset = static_cast<std::size_t>(start_ - begin_);
}

bool HpackDecoder::Block::stop(HpackFault fault) {
  // Where we ourselves cut the block, its end says nothing about the sender.
  note(cut_ && fault == HpackFault::Truncated ? HpackFault::LimitReached : fault);
  outcome_.complete = false;
  return false;
}

HpackDecoder::HpackDecoder(const Limits& limits) : limits_(limits), history_(limits.history_bytes_max), memory_(limits) {}

const DecodedBlock& HpackDecoder::decode_unknown(Bytes block) {
  const std::uint64_t before = state();
  decode_anew(block);
  decoded_.alike = state() == before ? memory_.note(block, before, decoded_, values_) : 0;
  return decoded_;
}

BlockOutcome HpackDecoder::decode(Bytes block, std::vector<HeaderField>& fields) {
  const DecodedBlock& decoded = decode(block);
  fields = decoded.fields;
  return decoded.outcome;
}

void HpackDecoder::decode_anew(Bytes block) {
  decoded_.fields.clear();
  values_.clear();
  provide_scratch(std::min(block.size(), limits_.block_bytes_max));
  const bool known = history_.table_known();
  const std::uint32_t allowed = std::min(table_size_limit_, std::exchange(least_limit_, kNoLimit));
  const bool too_large = known && history_.table_bytes() > allowed;
  BlockOutcome& outcome = decoded_.outcome;
  make_new(outcome);
  outcome.table_known = known;
  Block(*this, block).run();
  if (too_large && !outcome.has(HpackFault::SizeUpdateTooLarge) && !any_within(outcome.size_updates, allowed)) {
    miss_size_update(outcome);
  }
  if (!outcome.complete) history_.taint();
}

void HpackDecoder::provide_scratch(std::size_t block_octets) {
  const std::size_t wanted = std::max(kScratchAtFirstBytes, huffman_decoded_max(block_octets));
  const bool too_large = scratch_.size() > kScratchKeptBytes && wanted <= kScratchKeptBytes;
  if (scratch_.size() < wanted || too_large) scratch_ = std::vector<char>(std::bit_ceil(wanted));
}

}  // namespace testigo::http2
