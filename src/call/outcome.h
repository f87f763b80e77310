// What is said of a call: its kind, how it ended, what became of it.
#pragma once

#include <string>
#include <string_view>

#include "call/event.h"

namespace testigo::call {

// The kind as far as the messages show it: "unary", "server-stream", "client-stream", "bidi".
std::string_view kind_seen(const Call& call);

std::string_view ending_name(Ending ending);  // "trailers", "reset-by-client"

// What became of it: the name of its status, or how it ended without one.
std::string outcome_text(const Call& call);

}  // namespace testigo::call
