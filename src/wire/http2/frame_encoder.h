// Frames → octets; the other way round of frame_decoder.h, without loss.
#pragma once

#include <vector>

#include "base/bytes.h"
#include "wire/http2/frame.h"

namespace testigo::http2 {

// Appends the frame as its header says it: flags, reserved bits and a type of any number are written as they are. The length is
// taken from the payload, not from the header. Padding and priority fields are written where the payload has them; that the
// flags agree is the caller's business (a witness's tests want to write what is wrong).
void encode_frame(const Frame& frame, std::vector<std::byte>& out);

}  // namespace testigo::http2
