// Where each field of a header block stands in its octets (RFC 7541 section 6), for those who show them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/bytes.h"

namespace testigo::http2 {

// Of a block, in octets from its beginning.
struct Extent {
  std::size_t begin = 0;
  std::size_t end = 0;
  friend bool operator==(const Extent&, const Extent&) = default;
};

// One representation (section 6), or a size update.
struct RepresentationRead {
  bool whole = false;  // it could be read to its end
  bool inserts = false;
  bool size_update = false;
  std::uint32_t index = 0;  // of the field, or of its name; 0: a name of its own
};
// Moves `at`, which is not `end`, behind it.
RepresentationRead read_representation(const std::byte*& at, const std::byte* end);

// In the order in which the fields were decoded; size updates (section 6.3) are none. It ends before what cannot be read.
std::vector<Extent> field_extents(Bytes block);

}  // namespace testigo::http2
