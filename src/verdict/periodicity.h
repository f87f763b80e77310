// Claim 5: whether clients called periodically, each by its own monotonic clock. Private to this room.
#pragma once

#include "verdict/docket.h"

namespace testigo::verdict {

// Says what the claim rests on when nothing speaks against it.
std::string judge_periodicity(Docket& docket);

}  // namespace testigo::verdict
