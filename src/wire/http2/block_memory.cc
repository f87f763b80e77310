#include "wire/http2/block_memory.h"

#include <algorithm>
#include <cstring>

#include "wire/http2/hpack_huffman.h"

namespace testigo::http2 {
namespace {

constexpr std::byte kHuffman{0x80};

// `a` has at least as many octets as `size` says.
bool same(const std::byte* a, const std::byte* b, std::size_t size) { return std::memcmp(a, b, size) == 0; }

// Decodes a string whose length fills one octet, and moves `at` and `to` past it. False: it is another one, or no string.
bool read_short(const std::byte*& at, const std::byte* end, char*& to) {
  if (at == end) return false;
  const std::size_t size = std::to_integer<std::size_t>(*at & ~kHuffman);
  const bool huffman = (*at & kHuffman) != std::byte{0};
  ++at;
  if (size == 0x7f || size > static_cast<std::size_t>(end - at)) return false;
  const Bytes coded(at, size);
  at += size;
  if (huffman) return huffman_decode(coded, to) == HuffmanRead::Done;
  to = std::ranges::copy(as_text(coded), to).out;
  return true;
}

bool is_plain(std::string_view text) { return value_octets(text) == 0 && !has_edge_space(text); }

bool may_differ(const HeaderField& field) { return field.id == FieldName::Other && field.metadata_name && is_plain(field.value); }

}  // namespace

// Its first four octets.
std::uint64_t BlockMemory::beginning(Bytes block) {
  std::uint32_t octets = 0;
  std::memcpy(&octets, block.data(), std::min(sizeof octets, block.size()));
  return octets;
}

const DecodedBlock* BlockMemory::recall(Bytes block, std::uint64_t state) {
  if (block.empty() || slots_.empty()) return nullptr;
  Slot& slot = slot_of(beginning(block));
  return slot.state == state && agrees(slot, block) ? &slot.decoded : nullptr;
}

// Where it does, the values are those of this block.
bool BlockMemory::agrees(Slot& slot, Bytes block) const {
  const std::byte* at = block.data();
  const std::byte* const end = at + block.size();
  const std::byte* of_slot = slot.octets.data();
  std::uint64_t list_bytes = slot.decoded.outcome.list_bytes;
  char* to = slot.values_texts.data();
  if (block.size() > block_bytes_max_) return false;
  for (const Value& value : slot.values) {
    const std::size_t between = slot.octets.data() + value.begin - of_slot;
    if (between >= static_cast<std::size_t>(end - at) || !same(at, of_slot, between)) return false;
    at += between;
    of_slot += between + (value.end - value.begin);
    char* const text = to;
    if (!read_short(at, end, to)) return false;
    HeaderField& field = slot.decoded.fields[value.field];
    list_bytes -= field.value.size();
    field.value = {text, static_cast<std::size_t>(to - text)};
    list_bytes += field.value.size();
    slot.decoded.outcome.list_bytes = list_bytes;
    if (field.value.size() > string_bytes_max_ || !is_plain(field.value)) return false;
  }
  const std::size_t rest = slot.octets.data() + slot.octets.size() - of_slot;
  return rest == static_cast<std::size_t>(end - at) && same(at, of_slot, rest) && list_bytes <= decoded_bytes_max_;
}

std::uint64_t BlockMemory::note(Bytes block, std::uint64_t state, const DecodedBlock& decoded, std::span<const Value> values) {
  if (!is_ordinary(block, decoded)) return 0;
  if (slots_.empty()) slots_.resize(kSlots);
  const std::uint64_t begins = beginning(block);
  Slot& slot = slot_of(begins);
  if (!worth_filling(slot, begins, state)) return 0;
  const std::size_t bytes = cost(block, decoded);
  if (kept_bytes_ - slot.bytes + bytes > kept_bytes_max_) return 0;
  kept_bytes_ += bytes - slot.bytes;
  slot.bytes = bytes;
  fill(slot, block, decoded, values);
  slot.state = state;
  return slot.decoded.alike;
}

// The second time, and not at the cost of another that comes as often.
bool BlockMemory::worth_filling(Slot& slot, std::uint64_t begins, std::uint64_t state) {
  const bool second = slot.begins == begins && slot.begins_state == state;
  slot.begins = begins;
  slot.begins_state = state;
  return second && (slot.state != state || ++slot.misses >= kMissesMin);
}

bool BlockMemory::is_ordinary(Bytes block, const DecodedBlock& decoded) const {
  const BlockOutcome& outcome = decoded.outcome;
  return !block.empty() && block.size() <= block_bytes_max_ && decoded.fields.size() <= kFieldsMax && outcome.faults == 0 &&
         outcome.complete && outcome.exact && outcome.size_updates.empty() && outcome.list_bytes <= decoded_bytes_max_;
}

std::size_t BlockMemory::cost(Bytes block, const DecodedBlock& decoded) {
  const std::size_t values_texts = kValuesMax * huffman_decoded_max(kValueBytesMax);
  return block.size() + decoded.fields.size() * sizeof(HeaderField) + decoded.outcome.list_bytes + values_texts;
}

void BlockMemory::fill(Slot& slot, Bytes block, const DecodedBlock& decoded, std::span<const Value> values) {
  slot.octets.assign(block.begin(), block.end());
  slot.decoded = decoded;
  slot.decoded.alike = ++filled_;
  slot.misses = 0;
  slot.values.clear();
  std::size_t text_bytes = 0;
  for (const HeaderField& field : decoded.fields) text_bytes += field.name.size() + field.value.size();
  slot.texts.resize(text_bytes);
  char* to = slot.texts.data();
  for (HeaderField& field : slot.decoded.fields) {
    for (std::string_view* text : {&field.name, &field.value}) {
      char* const copy = to;
      to = std::ranges::copy(*text, to).out;
      *text = {copy, static_cast<std::size_t>(to - copy)};
    }
  }
  for (const Value& value : values) {
    const bool is_short = value.end - value.begin <= 1 + kValueBytesMax;
    if (slot.values.size() < kValuesMax && is_short && may_differ(decoded.fields[value.field])) slot.values.push_back(value);
  }
  slot.values_texts.resize(slot.values.size() * huffman_decoded_max(kValueBytesMax));
}

}  // namespace testigo::http2
