// Claim 6: what of HTTP/2 each connection showed. Private to this room.
#pragma once

#include "verdict/docket.h"

namespace testigo::verdict {

// Says what the claim rests on when nothing speaks against it.
std::string judge_http2(Docket& docket);

}  // namespace testigo::verdict
