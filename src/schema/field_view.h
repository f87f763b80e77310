// A protobuf message of a type that nobody knows: its fields by number, on one line.
//
//   1: "client1", 2: 7, 5: {1: 1700000000, 2: 5000}, 15: <00ff>
//
// Varints are decimal; 32 and 64 bits of fixed size are 8 and 16 hexadecimal digits behind 0x. What has a length is a message where
// it reads whole as one, text where it is printable UTF-8, else octets; where it may be either it is told as both: {1: 5} or "…". A
// group of proto2 is `group {…}`.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "base/bytes.h"

namespace testigo::schema {

// Inert. Of a message that is longer than its `octets`, `length` says how long. At most about `text_max` octets of text, then
// "… N more octets"; of what is no message "… N octets that are no field".
std::string field_view(Bytes octets, std::uint64_t length, std::size_t text_max);

}  // namespace testigo::schema
