// What the reader of a verdict must know besides its claims. Private to this room.
#pragma once

#include "verdict/docket.h"

namespace testigo::verdict {

void add_notes(Docket& docket);

}  // namespace testigo::verdict
