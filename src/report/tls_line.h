// One TLS connection, one line: what was offered and agreed, for people, and as JSON (docs/formats/call-line.md). The view must
// have a ClientHello. Everything from the wire is inert.
#pragma once

#include <string>

#include "call/event.h"
#include "report/paint.h"

namespace testigo::report {

std::string tls_text(const call::ConnectionView& connection, const Paint& paint);
std::string tls_json(const call::ConnectionView& connection);

}  // namespace testigo::report
