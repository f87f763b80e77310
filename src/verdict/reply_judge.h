// Claim 3 for one call: whom its reply names. Private to this room.
#pragma once

#include "verdict/docket.h"

namespace testigo::verdict {

// Of a call that its client says has ended. The wire's word counts before the client's (row 3).
void judge_reply(Docket& docket, const CallFacts& call, const WireView& wire);

// The cause F27, when replies went astray.
void add_mix_up(Docket& docket);

}  // namespace testigo::verdict
