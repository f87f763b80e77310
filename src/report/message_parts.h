// What the octets of a message of protobuf mean: a part for each of its fields.
#pragma once

#include "base/bytes.h"
#include "report/frame_parts.h"

namespace testigo::report {

// Of a whole message that stands behind `at` octets of a frame: `2: 7`, as schema/field_view.h writes them. What is no field is one
// part more.
std::vector<Part> message_parts(Bytes message, std::size_t at);

}  // namespace testigo::report
