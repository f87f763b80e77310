// Fields may stand in parts, which parsers put together: a list here and there, a message twice, of a oneof one member after the
// other. Inside of this room only.
#pragma once

#include <optional>
#include <string>

#include <google/protobuf/dynamic_message.h>

#include "schema/schema.h"

namespace testigo::schema {

// The message as protobuf writes what it has parsed, without fields that nobody knows. Nothing when it does not parse, would take
// more memory than 128 MiB, about, or holds a Duration that is none, of which protobuf makes JSON all the same.
std::optional<std::string> in_one_piece(google::protobuf::DynamicMessageFactory& factory, Type type, Bytes message);

}  // namespace testigo::schema
