// Claim 7: what the checks said of the wire. Private to this room.
#pragma once

#include "verdict/docket.h"

namespace testigo::verdict {

// Says what the claim rests on when nothing speaks against it.
std::string judge_grpc(Docket& docket);

}  // namespace testigo::verdict
