// HPACK (RFC 7541) for a witness: decodes the header blocks of one direction of one connection, and knows what it did not see.
//
// It keeps the history of insertions, not only the table: dynamic index 62 + j names the (j+1)-th newest insertion, whatever was
// evicted, cleared or resized meanwhile. So after a gap only the number of lost insertions is in doubt, and references to what
// was inserted since the gap stay exact. Whether an index lies inside the table is counted apart.
#pragma once

#include <cstdint>
#include <vector>

#include "base/bytes.h"
#include "base/limits.h"
#include "wire/http2/header_field.h"
#include "wire/http2/hpack_history.h"

namespace testigo::http2 {

enum class HpackFault : std::uint8_t {
  None,
  IndexZero,            // section 6.1
  IndexBeyondTable,     // section 2.3.3: above 61 + the entries of the dynamic table
  IntegerTooLarge,      // section 5.1: more than 2^32 - 1, or more octets than that needs
  HuffmanEos,           // section 5.2: the EOS symbol stands in a string
  HuffmanPadding,       // section 5.2: more than 7 bits, or not the most significant bits of EOS
  SizeUpdateMisplaced,  // section 4.2: after a field, or the third one of a block
  SizeUpdateTooLarge,   // section 6.3: above the largest value that the receiver may have allowed
  Truncated,            // the block ends inside a representation
  SizeUpdateMissing,    // RFC 9113 section 4.3.1: the table is larger than the receiver now allows, and no update opens the block
  LimitReached,         // one of our own (Limits): what is beyond it is unknown
};

struct BlockOutcome {
  // The first fault, and the offset of its representation in the block. Some do not stop the decoding, for what an index names
  // does not depend on them: size updates that are misplaced, too large or missing, an index beyond the table that the history
  // still names, a string over our limit (unknown then) and an entry that we no longer remember (unknown, too). Every other fault
  // ends the block there, and what follows on this direction is tainted, for insertions may have been missed.
  HpackFault fault = HpackFault::None;
  std::size_t offset = 0;
  // Whether every field of the block was decoded (known or not).
  bool complete = true;
  // The size updates in their order (section 6.3), octets; more than a block may hold are counted only in `fault`.
  std::vector<std::uint32_t> size_updates;
  // All faults of the block, one bit each.
  std::uint32_t faults = 0;
  // Whether it was known what the sender's table held when the block began.
  bool table_known = true;
  // Of all fields together: their names, whether all are exact, and their size by RFC 9113 section 6.5.2 without what was not kept.
  FieldNames names = 0;
  bool exact = true;
  std::uint64_t list_bytes = 0;

  bool has(HpackFault wanted) const { return (faults >> static_cast<unsigned>(wanted) & 1) != 0; }
  bool has(FieldName wanted) const { return (names & bit(wanted)) != 0; }
};

class HpackDecoder {
 public:
  explicit HpackDecoder(const Limits& limits = {});

  // Decodes one whole block (all its fragments, in order, in one run). Names and values point into the decoder and are valid
  // until its next call.
  BlockOutcome decode(Bytes block, std::vector<HeaderField>& fields);

  // Octets of this direction that may have held field blocks were not seen: from here on, what was inserted before is in doubt.
  void taint() { history_.taint(); }

  // The receiver's SETTINGS_HEADER_TABLE_SIZE, acknowledged (RFC 9113 section 4.3.1); 4,096 octets until told otherwise. Size
  // updates above it are a fault.
  void set_table_size_limit(std::uint32_t octets) { table_size_limit_ = octets; }

  const HpackHistory& history() const { return history_; }

 private:
  class Block;  // the cursor over one block

  void provide_scratch(std::size_t block_octets);

  Limits limits_;
  HpackHistory history_;
  std::uint32_t table_size_limit_ = 4096;
  std::vector<char> scratch_;  // the strings of the current block
};

}  // namespace testigo::http2
