// What was decoded of one header block.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "wire/http2/header_field.h"

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
  SizeUpdateMissing,    // RFC 9113 section 4.3.1: the table is larger than the receiver allowed meanwhile, and no update says less
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
  // Of all fields together: their names, those of them that stand more than once, whether all are exact, and their size by RFC 9113
  // section 6.5.2 without what was not kept.
  FieldNames names = 0;
  FieldNames repeated = 0;
  bool exact = true;
  std::uint64_t list_bytes = 0;

  bool has(HpackFault wanted) const { return (faults >> static_cast<unsigned>(wanted) & 1) != 0; }
  bool has(FieldName wanted) const { return (names & bit(wanted)) != 0; }
  bool repeats(FieldName wanted) const { return (repeated & bit(wanted)) != 0; }
};

// As many blocks may be remembered of one direction at a time.
constexpr std::size_t kAlikeMax = 128;

struct DecodedBlock {
  std::vector<HeaderField> fields;
  BlockOutcome outcome;
  // Blocks of one direction that have the same number, not 0, are alike: without fault, and with the same fields, all exact, but
  // for the values of metadata (FieldName::Other), which are plain ASCII in all of them. Numbers that are in use have places of
  // their own, the lowest ones, where who hears of blocks may keep what it knows of those that are alike.
  std::uint64_t alike = 0;
};
constexpr std::size_t alike_place(std::uint64_t alike) { return alike % kAlikeMax; }

}  // namespace testigo::http2
