#include "wire/http2/block_memory.h"

#include <algorithm>

#include "wire/http2/hpack_huffman.h"

namespace testigo::http2 {
namespace {

constexpr std::byte kHuffman{0x80};
constexpr std::byte kIndexed{0x80};

// `a` has at least as many octets as `size` says. They are few.
bool same(const std::byte* a, const std::byte* b, std::size_t size) {
  const auto differ = [&]<typename Number>(Number, std::size_t at) {
    return load_as_is<Number>(a + at) != load_as_is<Number>(b + at);
  };
  if (size >= 8) {
    for (std::size_t at = 0; at + 8 < size; at += 8) {
      if (differ(std::uint64_t{}, at)) return false;
    }
    return !differ(std::uint64_t{}, size - 8);
  }
  if (size >= 4) return !differ(std::uint32_t{}, 0) && !differ(std::uint32_t{}, size - 4);
  for (std::size_t at = 0; at < size; ++at) {
    if (a[at] != b[at]) return false;
  }
  return true;
}

// Copies a few octets. (What compilers make of std::memcpy, knowing that they are few, takes longer to begin than this does at
// all.)
char* put_few(Bytes octets, char* to) {
  const std::size_t size = octets.size();
  const auto copy = [&]<typename Number>(Number, std::size_t at) { std::memcpy(to + at, octets.data() + at, sizeof(Number)); };
  if (size >= 8) {
    for (std::size_t at = 0; at + 8 < size; at += 8) copy(std::uint64_t{}, at);
    copy(std::uint64_t{}, size - 8);
  } else if (size >= 4) {
    copy(std::uint32_t{}, 0);
    copy(std::uint32_t{}, size - 4);
  } else {
    for (std::size_t at = 0; at < size; ++at) copy(std::uint8_t{}, at);
  }
  return to + size;
}

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
  to = put_few(coded, to);
  return true;
}

bool is_plain(std::string_view text) { return value_octets(text) == 0 && !has_edge_space(text); }

bool may_differ(const HeaderField& field) { return field.id == FieldName::Other && field.metadata_name && is_plain(field.value); }

}  // namespace

// The octet behind those of the head that are indices begins a literal with the name of a pseudo-header (RFC 7541 appendix A, 1 to
// 14). Texts that are not the same mostly have other lengths, or end otherwise.
std::uint64_t BlockMemory::beginning_with_texts(Bytes block, std::uint64_t begins) {
  const auto is_index = [](std::byte octet) { return (octet & kIndexed) != std::byte{0}; };
  const auto names_pseudo_header = [](std::byte octet) {
    const auto number = std::to_integer<unsigned>(octet);
    return (number & 0xe0) == 0 && number % 16 != 0 && number % 16 != 15;
  };
  const std::byte* at = block.data();
  const std::byte* const end = at + block.size();
  while (at != end && is_index(*at)) ++at;
  while (end - at >= 2 && names_pseudo_header(*at)) {
    const std::size_t size = std::to_integer<std::size_t>(at[1] & ~kHuffman);
    if (size == 0x7f || size > static_cast<std::size_t>(end - at - 2)) break;
    at += 2 + size;
    begins = std::rotl((begins ^ size) * kOdd, 29) ^ (size < 8 ? 0 : load_as_is<std::uint64_t>(at - 8));
    if (at == end) break;
    // What is between this one and the next.
    const std::uint64_t head = head_of(Bytes(at, end));
    const std::uint64_t others = ~head & kNotIndexed;
    if (others == 0) break;
    begins = std::rotl((begins ^ (head & (others ^ (others - 1)))) * kOdd, 29);
    at += std::countr_zero(others) / 8;
  }
  return begins;
}

BlockMemory::Slot* BlockMemory::find(Bytes block, std::uint64_t state) const {
  const std::uint64_t begins = beginning(block, head_of(block));
  const Set& set = set_of(begins);
  for (std::size_t way = 0; way < kWays; ++way) {
    if (set.begins[way] == begins && set.slots[way] != nullptr && tells(*set.slots[way], block, state)) return set.slots[way];
  }
  return nullptr;
}

// Where it does, the values are those of this block.
bool BlockMemory::agrees(Slot& slot, Bytes block) const {
  if (block.size() > block_bytes_max_) return false;
  const std::byte* at = block.data();
  const std::byte* const end = at + block.size();
  const std::byte* of_slot = slot.octets.data();
  std::uint64_t list_bytes = slot.decoded.outcome.list_bytes;
  char* to = slot.values_texts.data();
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
  if (sets_ == nullptr) sets_ = std::make_unique<Sets>();
  const std::uint64_t begins = beginning(block, head_of(block));
  Set& set = set_of(begins);
  if (!comes_again(set, begins, state)) return 0;
  const std::size_t way = way_to_fill(set, state);
  if (way == kWays) return 0;
  std::array<Value, kValuesMax> that_differ;
  std::size_t count = 0;
  for (const Value& value : values) {
    const bool is_short = value.end - value.begin <= 1 + kValueBytesMax;
    if (count < kValuesMax && is_short && may_differ(decoded.fields[value.field])) that_differ[count++] = value;
  }
  const std::span<const Value> kept(that_differ.data(), count);
  if (!make_room(set.slots[way], cost(block, decoded, count), state)) return 0;
  Slot& slot = provide(set.slots[way], state);
  set.begins[way] = begins;
  set.misses = 0;
  kept_bytes_ -= slot.bytes;
  slot.bytes = cost(block, decoded, count);
  kept_bytes_ += slot.bytes;
  fill(slot, block, decoded, kept);
  slot.state = state;
  if (recent_ == nullptr) recent_ = &slot;
  return slot.decoded.alike;
}

// The second time. Where several take turns one must be awaited for longer than a turn takes.
bool BlockMemory::comes_again(Set& set, std::uint64_t begins, std::uint64_t state) {
  if (set.awaited == begins && set.awaited_state == state) return true;
  if (set.awaited_state == state && ++set.passed_over < kAwaitedMin) return false;
  set.awaited = begins;
  set.awaited_state = state;
  set.passed_over = 0;
  return false;
}

// Not at the cost of another that comes as often: then there is none, which is `kWays`.
std::size_t BlockMemory::way_to_fill(Set& set, std::uint64_t state) {
  for (std::size_t way = 0; way < kWays; ++way) {
    if (set.slots[way] == nullptr || set.slots[way]->state != state) return way;
  }
  return ++set.misses < kMissesMin ? kWays : set.next++ % kWays;
}

bool BlockMemory::is_ordinary(Bytes block, const DecodedBlock& decoded) const {
  const BlockOutcome& outcome = decoded.outcome;
  return !block.empty() && block.size() <= block_bytes_max_ && decoded.fields.size() <= kFieldsMax && outcome.faults == 0 &&
         outcome.complete && outcome.exact && outcome.size_updates.empty() && outcome.list_bytes <= decoded_bytes_max_;
}

std::size_t BlockMemory::cost(Bytes block, const DecodedBlock& decoded, std::size_t values) {
  const std::size_t values_texts = values * huffman_decoded_max(kValueBytesMax);
  return sizeof(Slot) + block.size() + decoded.fields.size() * sizeof(HeaderField) + decoded.outcome.list_bytes + values_texts;
}

// For one more, or one in place of `slot`, which may be null. What is remembered of other states is of no use any more.
bool BlockMemory::make_room(const Slot* slot, std::size_t bytes, std::uint64_t state) {
  const auto fits = [&] { return kept_bytes_ - (slot == nullptr ? 0 : slot->bytes) + bytes <= kept_bytes_max_; };
  if (fits()) return true;
  for (const auto& each : slots_) {
    if (each->state == state) continue;
    kept_bytes_ -= each->bytes - sizeof(Slot);
    const std::size_t place = each->place;
    Slot** const home = each->home;
    *each = Slot();
    each->place = place;
    each->home = home;
    each->bytes = sizeof(Slot);
  }
  return fits();
}

// The slot that is there, or one of another state, or a new one.
BlockMemory::Slot& BlockMemory::provide(Slot*& home, std::uint64_t state) {
  if (home != nullptr) return *home;
  const auto other = std::ranges::find_if(slots_, [&](const auto& each) { return each->state != state; });
  if (other == slots_.end()) {
    slots_.push_back(std::make_unique<Slot>());
    slots_.back()->place = slots_.size() - 1;
    home = slots_.back().get();
  } else {
    home = other->get();
    *home->home = nullptr;
  }
  home->home = &home;
  return *home;
}

// Fields that are indexed stay where they are.
void BlockMemory::fill(Slot& slot, Bytes block, const DecodedBlock& decoded, std::span<const Value> values) {
  slot.octets.assign(block.begin(), block.end());
  slot.head = head_of(block);
  slot.decoded = decoded;
  slot.decoded.alike = ++filled_ * kAlikeMax + slot.place;
  slot.values.assign(values.begin(), values.end());
  const auto is_literal = [](const HeaderField& field) { return field.representation != Representation::Indexed; };
  std::size_t text_bytes = 0;
  for (const HeaderField& field : decoded.fields) text_bytes += is_literal(field) ? field.name.size() + field.value.size() : 0;
  if (slot.texts.capacity() > 2 * text_bytes + kSpareBytes) slot.texts = {};  // what is counted is what is kept
  slot.texts.resize(text_bytes);
  char* to = slot.texts.data();
  for (HeaderField& field : slot.decoded.fields) {
    if (!is_literal(field)) continue;
    for (std::string_view* text : {&field.name, &field.value}) {
      char* const copy = to;
      to = put_text(*text, to);
      *text = {copy, static_cast<std::size_t>(to - copy)};
    }
  }
  slot.values_texts.resize(slot.values.size() * huffman_decoded_max(kValueBytesMax));
}

}  // namespace testigo::http2
