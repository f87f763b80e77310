// What a statement file says of itself: numbers without gaps, as many calls as its end record counts, no line of others.
// Private to this room.
#pragma once

#include "verdict/docket.h"

namespace testigo::verdict {

// For claim 8. A call that a client's numbers pass over is one that it denies (row 17), whoever else knows of it.
void judge_completeness(Docket& docket);

}  // namespace testigo::verdict
