// One call, one line: for people, and as JSON (docs/formats/call-line.md).
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "call/event.h"
#include "report/paint.h"

namespace testigo::report {

// With its line break; everything from the wire is inert. Calls of a connection mostly are alike but for their times: then those
// are written over what the last line says.
class CallLine {
 public:
  explicit CallLine(const Paint& paint) : paint_(paint) {}
  // Valid until the next call.
  std::string_view of(const call::ConnectionView& connection, const call::Call& call);

 private:
  // A line with room for any duration, which stands at its end.
  struct Line {
    std::string text;
    std::size_t duration_at = 0;  // 0: there is no line
    std::size_t size = 0;

    void end(Duration duration);
    std::string_view view() const { return {text.data(), size}; }
  };
  // The last call of a connection that ended with status OK.
  struct Latest {
    call::ConnectionNumber connection = 0;
    std::string ends;  // "client → server"
    std::string path;
    http2::Known path_known{};
    std::uint32_t unknown_method = 0;
    std::uint64_t requests = 0, replies = 0, request_bytes = 0, reply_bytes = 0;
    std::int64_t millis = 0;  // of the time in its line
    Duration duration{};      // and the duration
    Line line;

    bool is_of(const call::ConnectionView& of) const { return connection == of.number && !ends.empty(); }
    bool is_like(const call::Call& call) const;
    void take(const call::Call& call);
  };
  // The long way.
  std::string_view anew(const call::ConnectionView& connection, const call::Call& call);
  void tell_time(Time time);
  Latest& latest(const call::ConnectionView& connection) { return latest_[connection.number % latest_.size()]; }
  Line line_of(const std::string& ends, const call::Call& call) const;

  Paint paint_;
  std::array<Latest, 64> latest_;  // of some of the latest connections, by their number
  std::int64_t millis_ = -1;       // of the last time, and its text
  std::string time_text_;
  Line other_;  // of a call that did not end with status OK
};

// The name of the method; "unknown#3" where only that is known which calls of the connection have the same; else empty.
std::string method_shown(const call::Call& call);

// "packet 12 stream 1", and of the other side of a hop where it is there.
std::string place_text(const call::Place& place);

std::string call_json(const call::ConnectionView& connection, const call::Call& call);

// What was inferred does not hold (call::Sink::on_withdrawn).
std::string withdrawn_json(const call::ConnectionView& connection);

}  // namespace testigo::report
