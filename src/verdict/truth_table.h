// The truth table of docs/formats/verdict.md: what one call says for and against the claims 2, 3, 4 and 8. Private to this room.
#pragma once

#include "verdict/docket.h"

namespace testigo::verdict {

// Judges every call of the docket, in the order of its clients and their numbers.
void judge_calls(Docket& docket);

}  // namespace testigo::verdict
