// One decoded field of a header block, and how it is known.
#pragma once

#include <cstdint>
#include <string_view>

#include "wire/http2/field_text.h"

namespace testigo::http2 {

// How a name or a value is known; the order is from best to worst.
enum class Known : std::uint8_t {
  Exact,     // follows from octets seen
  Inferred,  // every history that could have happened gives it
  Unknown,   // anything else; the text is empty
};

// RFC 7541 section 6: how the field stood in the block.
enum class Representation : std::uint8_t { Indexed, IncrementalIndexing, WithoutIndexing, NeverIndexed };

struct HeaderField {
  std::string_view name;
  std::string_view value;
  Known name_known = Known::Exact;
  Known value_known = Known::Exact;
  Representation representation = Representation::Indexed;
  // What the texts are (field_text.h), as far as they are exact; the decoder tells it.
  FieldName id = FieldName::Other;
  bool valid_name = false;
  bool plain_value = false;  // nothing about its octets is remarkable: valid, no space at its edges
  bool metadata_name = false;
  bool ascii_value = false;
  // For what is unknown: the same number for the same entry of the direction's history, else 0 ("unknown#3").
  std::uint64_t unknown_entry = 0;

  constexpr void tell_name() {
    id = field_name(name);
    valid_name = is_valid_name(name);
    metadata_name = is_metadata_name(name);
  }
  constexpr void tell_value() {
    const std::uint8_t octets = value_octets(value);
    plain_value = (octets & kForbidden) == 0 && !has_edge_space(value);
    ascii_value = (octets & kNotAscii) == 0;
  }
  bool exact() const { return name_known == Known::Exact && value_known == Known::Exact; }
  friend bool operator==(const HeaderField&, const HeaderField&) = default;
};

}  // namespace testigo::http2
