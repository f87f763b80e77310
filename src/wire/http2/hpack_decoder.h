// HPACK (RFC 7541) for a witness: decodes the header blocks of one direction of one connection, and knows what it did not see.
//
// It keeps the history of insertions, not only the table: dynamic index 62 + j names the (j+1)-th newest insertion, whatever was
// evicted, cleared or resized meanwhile. So after a gap only the number of lost insertions is in doubt, and references to what
// was inserted since the gap stay exact. Whether an index lies inside the table is counted apart.
#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>
#include <vector>

#include "base/bytes.h"
#include "base/limits.h"
#include "wire/http2/block_memory.h"
#include "wire/http2/decoded_block.h"
#include "wire/http2/hpack_history.h"
#include "wire/http2/text_memory.h"

namespace testigo::http2 {

class HpackDecoder {
 public:
  explicit HpackDecoder(const Limits& limits = {});

  // Decodes one whole block (all its fragments, in order, in one run). The result, and what its names and values point to, is the
  // decoder's, and valid until its next call.
  const DecodedBlock& decode(Bytes block) {
    if (history_.beyond_limit()) history_.forget_beyond_limit();
    const DecodedBlock* const known = memory_.recall(block, state());
    return known != nullptr ? *known : decode_unknown(block);
  }
  // The same; the fields are copied to `fields`.
  BlockOutcome decode(Bytes block, std::vector<HeaderField>& fields);

  // Octets of this direction that may have held field blocks were not seen: from here on, what was inserted before is in doubt.
  void taint() { history_.taint(); }

  // The receiver's SETTINGS_HEADER_TABLE_SIZE, acknowledged (RFC 9113 section 4.3.1); 4,096 octets until told otherwise. Size
  // updates above it are a fault. Of several between two blocks the least one counts, too: a table that is larger is to be made as
  // small, whatever comes behind it (RFC 7541 section 4.2).
  void set_table_size_limit(std::uint32_t octets) {
    table_size_limit_ = octets;
    least_limit_ = std::min(least_limit_, octets);
    ++limit_changes_;
  }

  const HpackHistory& history() const { return history_; }

 private:
  static constexpr std::uint32_t kNoLimit = std::numeric_limits<std::uint32_t>::max();

  class Block;  // the cursor over one block

  // Changes with whatever the meaning of a block rests on, and is never 0.
  std::uint64_t state() const { return 1 + history_.changes() + limit_changes_; }
  const DecodedBlock& decode_unknown(Bytes block);
  void decode_anew(Bytes block);
  void provide_scratch(std::size_t block_octets);

  Limits limits_;
  HpackHistory history_;
  std::uint32_t table_size_limit_ = 4096;
  std::uint32_t least_limit_ = kNoLimit;  // that was told since the last block
  std::uint64_t limit_changes_ = 0;
  std::vector<char> scratch_;  // the strings of the current block
  DecodedBlock decoded_;
  std::vector<BlockMemory::Value> values_;  // of the current block, that may differ in one that is alike
  TextMemory texts_;
  BlockMemory memory_;
};

}  // namespace testigo::http2
