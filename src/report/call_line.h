// One call, one line: for people, and as JSON (docs/formats/call-line.md).
#pragma once

#include <string>

#include "call/event.h"
#include "report/paint.h"

namespace testigo::report {

// The kind as far as the messages show it: "unary", "server-stream", "client-stream", "bidi".
std::string_view kind_seen(const call::Call& call);

// What became of it: the name of its status, or how it ended without one.
std::string outcome_text(const call::Call& call);

// Without a line break; everything from the wire is inert.
std::string call_line(const call::ConnectionView& connection, const call::Call& call, const Paint& paint);
void append_call_line(std::string& out, const call::ConnectionView& connection, const call::Call& call, const Paint& paint);
std::string call_json(const call::ConnectionView& connection, const call::Call& call);

}  // namespace testigo::report
