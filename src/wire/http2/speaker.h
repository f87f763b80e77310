// What packets of a connection that was not seen to open say of it.
#pragma once

#include <optional>

#include "base/bytes.h"
#include "base/chunk.h"

namespace testigo::http2 {

// `octets` are those of one packet. They tell where they begin with the client's preface (RFC 9113 section 3.4), or with frames of
// which one has a header block with a pseudo-header field of requests, or of responses, known by its number in the static table or
// its name (RFC 9113 section 8.3, RFC 7541 appendix A). Nothing of most others.
std::optional<Direction> direction_of(Bytes octets);

}  // namespace testigo::http2
