// One call, one line: for people, and as JSON (docs/formats/call-line.md).
#pragma once

#include <array>
#include <optional>
#include <string>

#include "call/event.h"
#include "report/paint.h"

namespace testigo::report {

// Without a line break; everything from the wire is inert. Texts that come again are made once.
class CallLine {
 public:
  explicit CallLine(const Paint& paint) : paint_(paint) {}
  void append(std::string& out, const call::ConnectionView& connection, const call::Call& call);

 private:
  // "client → server" of one connection.
  struct Ends {
    call::ConnectionNumber connection = 0;
    std::string text;
  };
  const std::string& shown_ends(const call::ConnectionView& connection);
  const std::string& shown_path(const call::Call& call);

  Paint paint_;
  std::array<Ends, 64> ends_;        // of some of the latest connections, by their number
  std::optional<std::string> path_;  // the last one that was known, and what is shown of it
  std::string path_text_;
};

// The name of the method; "unknown#3" where only that is known which calls of the connection have the same; else empty.
std::string method_shown(const call::Call& call);

// "packet 12 stream 1", and of the other side of a hop where it is there.
std::string place_text(const call::Place& place);

std::string call_json(const call::ConnectionView& connection, const call::Call& call);

// What was inferred does not hold (call::Sink::on_withdrawn).
std::string withdrawn_json(const call::ConnectionView& connection);

}  // namespace testigo::report
