// What the rows about gRPC ask before they judge (RULE 0 and RULE 3 of the catalogue).
#pragma once

#include <string>

#include <fmt/format.h>

#include "call/event.h"
#include "call/fields.h"

namespace testigo::check {

// Of what that side of the call says: a response counts by its own :status and content-type, too.
inline call::RpcClass class_of(const call::Call& call, Direction direction) {
  const bool by_request = direction == Direction::ToServer || call.rpc_class != call::RpcClass::Grpc;
  return by_request ? call.rpc_class : call.response_class;
}

// Whether "there is none" can be said of a field of this block.
inline bool names_known(const call::BlockSeen& seen) {
  return seen.outcome.complete && (seen.outcome.exact || !call::any_name_unknown(seen.fields));
}

// What is said of a field that stands more than once, with other values, though its name is no list's.
inline std::string differing(call::Fields fields, const http2::HeaderField& other) {
  return fmt::format("{} is \"{}\", and \"{}\" when it stands again", other.name, call::find(fields, other.name)->value,
                     other.value);
}

// Header sections of an answer but informational ones.
inline bool is_answer(const call::BlockSeen& seen) {
  return seen.role == call::BlockRole::Response || seen.role == call::BlockRole::Trailers;
}

}  // namespace testigo::check
