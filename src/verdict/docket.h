// One case: the evidence turned round, the claims as they stand, and the verdict that is being written. Private to this room.
#pragma once

#include "verdict/claim_draft.h"
#include "verdict/facts.h"
#include "verdict/wire_view.h"

namespace testigo::verdict {

struct Docket {
  Docket(const Evidence& all, const JudgeOptions& chosen, const OnDifference& of_differences, const OnOutOfScope& of_the_others)
      : evidence(all),
        options(chosen),
        on_difference(of_differences),
        on_out_of_scope(of_the_others),
        facts(gather(all)),
        wire(all.wire) {}

  const Evidence& evidence;
  const JudgeOptions& options;
  const OnDifference& on_difference;
  const OnOutOfScope& on_out_of_scope;
  Facts facts;
  WireEyes wire;
  Claims claims;
  Verdict verdict;
  std::uint64_t answered = 0;  // of the calls judged
  std::uint64_t ok = 0;
  std::uint64_t not_ok = 0;
  std::uint64_t replies_seen = 0;  // of the calls judged: those whose reply says whom it is for
  std::uint64_t wrong_replies = 0;
  std::vector<call::Place> wrong_reply_places;  // the first of them
  std::uint64_t calls_of_missing_clients = 0;
  std::uint64_t earlier = 0;                      // calls out of scope by --since
  std::uint64_t of_others = 0;                    // and by --shared-server
  std::uint64_t handled = 0;                      // calls that the server received once, and whose fate there was judged
  std::uint64_t not_reached = 0;                  // the same, that it did not receive
  std::vector<std::uint64_t> judged_connections;  // that carried a call in scope; sorted, each once
};

}  // namespace testigo::verdict
