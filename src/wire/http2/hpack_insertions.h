// How many insertions a field block can have made that is not to be decoded.
#pragma once

#include <cstdint>

#include "base/bytes.h"

namespace testigo::http2 {

// An insertion takes two octets at least (RFC 7541 section 6.2.1): an index and an empty value.
constexpr std::uint64_t kInsertionBytes = 2;

// The literals with incremental indexing of a block that begins here; what cannot be read is taken to hold as many as it has room
// for.
std::uint64_t insertions_at_most(Bytes block);

// A block that can be read to its end and has :method, :scheme or :path by the static table.
bool names_request(Bytes block);

}  // namespace testigo::http2
