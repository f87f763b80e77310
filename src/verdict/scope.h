// Which calls are judged: docs/formats/verdict.md, Scope. Private to this room.
#pragma once

#include "verdict/facts.h"

namespace testigo::verdict {

enum class Scope : std::uint8_t {
  Judged,
  Rotated,        // rotation deleted what a witness said of it, or the wire no longer holds the beginning of its connection
  Earlier,        // it started before --since
  OfOthers,       // its client's process is not in the evidence, and need not be
  ClientMissing,  // its client's process is not in the evidence
};

// Fills in `ClientProcess::scope_from`.
void set_scope(Facts& facts, const JudgeOptions& options);

Scope scope_of(const Facts& facts, const CallFacts& call, const JudgeOptions& options, bool wire_begins_late);

}  // namespace testigo::verdict
