#include "wire/http2/hpack_encoder.h"

#include "base/limits.h"
#include "wire/http2/hpack_huffman.h"
#include "wire/http2/hpack_integer.h"
#include "wire/http2/hpack_static_table.h"

namespace testigo::http2 {

HpackEncoder::HpackEncoder(bool huffman) : huffman_(huffman), table_(Limits{}.history_bytes_max) {}

void HpackEncoder::encode(const FieldToEncode& field, std::vector<std::byte>& block) {
  const Match match = find(field);
  if (match.field != 0 && field.representation == Representation::Indexed) {
    append_integer(block, 0x80, 7, match.field);
  } else {
    append_literal(field, match.name, block);
  }
}

void HpackEncoder::resize(std::uint32_t table_octets, std::vector<std::byte>& block) {
  append_integer(block, 0x20, 5, table_octets);
  table_.resize(table_octets);
  table_.forget_evicted();
}

HpackEncoder::Match HpackEncoder::find(const FieldToEncode& field) const {
  const StaticMatch known = find_static(field.name, field.value);
  Match match{known.field, known.name};
  for (std::size_t j = 0; match.field == 0 && j < table_.table_entries(); ++j) {
    const HeaderField& entry = table_.at(j)->field;
    if (entry.name != field.name) continue;
    const auto index = static_cast<std::uint32_t>(kStaticEntries + 1 + j);
    if (match.name == 0) match.name = index;
    if (entry.value == field.value) match.field = index;
  }
  return match;
}

void HpackEncoder::append_literal(const FieldToEncode& field, std::uint32_t name_index, std::vector<std::byte>& block) {
  const bool inserts =
      field.representation == Representation::Indexed || field.representation == Representation::IncrementalIndexing;
  const bool never = field.representation == Representation::NeverIndexed;
  append_integer(block, inserts ? 0x40 : never ? 0x10 : 0x00, inserts ? 6 : 4, name_index);
  if (name_index == 0) append_string(field.name, block);
  append_string(field.value, block);
  if (!inserts) return;
  table_.insert({.name = field.name, .value = field.value});
  table_.forget_evicted();
}

void HpackEncoder::append_string(std::string_view text, std::vector<std::byte>& block) const {
  const std::size_t coded = huffman_ ? huffman_size(text) : text.size();
  if (coded < text.size()) {
    append_integer(block, 0x80, 7, static_cast<std::uint32_t>(coded));
    huffman_encode(text, block);
  } else {
    append_integer(block, 0x00, 7, static_cast<std::uint32_t>(text.size()));
    append(block, as_octets(text));
  }
}

}  // namespace testigo::http2
