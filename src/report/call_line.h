// One call, one line: for people, and as JSON (docs/formats/call-line.md).
#pragma once

#include <optional>
#include <string>

#include "call/event.h"
#include "report/paint.h"

namespace testigo::report {

// The kind as far as the messages show it: "unary", "server-stream", "client-stream", "bidi".
std::string_view kind_seen(const call::Call& call);

// What became of it: the name of its status, or how it ended without one.
std::string outcome_text(const call::Call& call);

// Without a line break; everything from the wire is inert. The texts of a connection's ends are made once.
class CallLine {
 public:
  explicit CallLine(const Paint& paint) : paint_(paint) {}
  void append(std::string& out, const call::ConnectionView& connection, const call::Call& call);

 private:
  const std::string& shown_path(const call::Call& call);

  Paint paint_;
  call::ConnectionNumber connection_ = 0;
  std::string ends_;                 // "client → server" of that one
  std::optional<std::string> path_;  // the last one that was known, and what is shown of it
  std::string path_text_;
};

// The name of the method; "unknown#3" where only that is known which calls of the connection have the same; else empty.
std::string method_shown(const call::Call& call);

std::string call_json(const call::ConnectionView& connection, const call::Call& call);

// What was inferred does not hold (call::Sink::on_withdrawn).
std::string withdrawn_json(const call::ConnectionView& connection);

}  // namespace testigo::report
