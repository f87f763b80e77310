// One call, one line: for people, and as JSON (docs/formats/call-line.md).
#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "call/event.h"
#include "report/paint.h"

namespace testigo::report {

// Without a line break; everything from the wire is inert. Calls of a connection mostly are alike but for their times: what comes
// again is made once.
class CallLine {
 public:
  explicit CallLine(const Paint& paint) : paint_(paint) {}
  void append(std::string& out, const call::ConnectionView& connection, const call::Call& call);

 private:
  // The last call of a connection that ended with status OK, and what a line says of it between its times.
  struct Latest {
    call::ConnectionNumber connection = 0;
    std::string ends;  // "client → server"
    std::string path;
    http2::Known path_known{};
    std::uint32_t unknown_method = 0;
    std::array<std::uint64_t, 4> counts{};
    std::string text;  // empty: there was none

    bool is_like(const call::Call& call) const;
  };
  const std::string& time_of_day(Time time);
  Latest& latest(const call::ConnectionView& connection);
  std::string between(const std::string& ends, const call::Call& call) const;

  Paint paint_;
  std::array<Latest, 64> latest_;  // of some of the latest connections, by their number
  std::int64_t millis_ = -1;       // of the last time, and its text
  std::string time_text_;
};

// The name of the method; "unknown#3" where only that is known which calls of the connection have the same; else empty.
std::string method_shown(const call::Call& call);

// "packet 12 stream 1", and of the other side of a hop where it is there.
std::string place_text(const call::Place& place);

std::string call_json(const call::ConnectionView& connection, const call::Call& call);

// What was inferred does not hold (call::Sink::on_withdrawn).
std::string withdrawn_json(const call::ConnectionView& connection);

}  // namespace testigo::report
