// HPACK (RFC 7541): fields → header blocks of one direction of one connection.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "wire/http2/header_field.h"
#include "wire/http2/hpack_history.h"

namespace testigo::http2 {

struct FieldToEncode {
  std::string_view name;
  std::string_view value;
  // Indexed means: as an index when the table has the whole field, else with incremental indexing.
  Representation representation = Representation::Indexed;
};

class HpackEncoder {
 public:
  explicit HpackEncoder(bool huffman = true);

  // Appends one field. Strings are Huffman-coded where that is shorter.
  void encode(const FieldToEncode& field, std::vector<std::byte>& block);
  // Appends a dynamic table size update (section 6.3); it belongs at the start of a block.
  void resize(std::uint32_t table_octets, std::vector<std::byte>& block);

 private:
  // Where a field, or at least its name, stands in the two tables: an index, or 0.
  struct Match {
    std::uint32_t field = 0;
    std::uint32_t name = 0;
  };
  Match find(const FieldToEncode& field) const;
  void append_literal(const FieldToEncode& field, std::uint32_t name_index, std::vector<std::byte>& block);
  void append_string(std::string_view text, std::vector<std::byte>& block) const;

  bool huffman_;
  HpackHistory table_;
};

}  // namespace testigo::http2
