#include "report/call_line.h"

#include <fmt/compile.h>

#include <algorithm>
#include <charconv>

#include <nlohmann/json.hpp>

#include "base/inert.h"
#include "call/outcome.h"
#include "report/frame_text.h"
#include "wire/rpc/status.h"

namespace testigo::report {
namespace {

using call::Ending;

// Writes a line into room that was made for it: a capture has millions of them, and no format is parsed here.
class Pen {
 public:
  Pen(char* at, const Paint& paint) : at_(at), paint_(paint) {}

  void text(std::string_view text) { at_ = std::ranges::copy(text, at_).out; }
  void number(std::uint64_t number) { at_ = std::to_chars(at_, at_ + 20, number).ptr; }
  void bytes(std::uint64_t bytes) {
    if (bytes < 10'000) {
      number(bytes);
      return text(" B");
    }
    const bool kilo = bytes < 10'000'000;
    at_ = fmt::format_to(at_, FMT_COMPILE("{:.1f} {}B"), static_cast<double>(bytes) / (kilo ? 1e3 : 1e6), kilo ? 'k' : 'M');
  }
  void painted(std::string_view code, std::string_view what) {
    if (!paint_.colour) return text(what);
    text("\x1b[");
    text(code);
    text("m");
    text(what);
    text("\x1b[0m");
  }
  void time_of_day(Time time) {
    char text[kTimeOfDayBytes];
    painted("2", {text, write_time_of_day(text, time)});
  }
  void duration(Duration duration) { at_ = write_human(at_, duration); }
  const char* end() const { return at_; }

 private:
  char* at_;
  const Paint& paint_;
};

constexpr std::size_t kLineBytesBesides = 256;  // beside the texts of its ends, path and outcome

std::string path_text(const call::Call& call) {
  const std::string method = method_shown(call);
  return method.empty() ? "(unknown method)" : inert(method, 120);
}

}  // namespace

std::string method_shown(const call::Call& call) {
  if (call.path_known != http2::Known::Unknown) return call.path;
  return call.unknown_method == 0 ? std::string() : fmt::format("unknown#{}", call.unknown_method);
}

const std::string& CallLine::shown_path(const call::Call& call) {
  const bool known = call.path_known != http2::Known::Unknown;
  if (known && path_ == call.path) return path_text_;
  path_ = known ? std::optional(call.path) : std::nullopt;
  path_text_ = path_text(call);
  return path_text_;
}

const std::string& CallLine::shown_ends(const call::ConnectionView& connection) {
  Ends& ends = ends_[connection.number % ends_.size()];
  if (ends.connection != connection.number || ends.text.empty()) {
    ends = {connection.number, tcp::to_text(connection.client) + " → " + tcp::to_text(connection.server)};
  }
  return ends.text;
}

void CallLine::append(std::string& out, const call::ConnectionView& connection, const call::Call& call) {
  const std::string& ends = shown_ends(connection);
  const std::string& path = shown_path(call);
  const bool ok = call.status == rpc::kOk;
  const std::string outcome = ok ? "OK" : call::outcome_text(call);
  const std::size_t from = out.size();
  out.resize(from + ends.size() + path.size() + outcome.size() + kLineBytesBesides);
  Pen pen(out.data() + from, paint_);
  pen.time_of_day(call.started);
  pen.text(" ");
  pen.text(ends);
  pen.text("  ");
  pen.painted("1", path);
  pen.text("  ");
  pen.text(call::kind_seen(call));
  pen.text("  ");
  pen.painted(ok ? "32" : "31", outcome);
  pen.text("  ");
  pen.number(call.request.messages);
  pen.text("→");
  pen.number(call.response.messages);
  pen.text(" msg  ");
  pen.bytes(call.request.bytes);
  pen.text("→");
  pen.bytes(call.response.bytes);
  pen.text("  ");
  pen.duration(call.ended - call.started);
  out.resize(static_cast<std::size_t>(pen.end() - out.data()));
}

std::string place_text(const call::Place& place) {
  return fmt::format("packet {} stream {}{}", place.packet, place.stream, place.other_side ? " of the other side" : "");
}

std::string call_json(const call::ConnectionView& connection, const call::Call& call) {
  nlohmann::ordered_json json = {{"type", "call"},
                                 {"version", "1.0"},
                                 {"time", to_rfc3339(call.started)},
                                 {"client", tcp::to_text(connection.client)},
                                 {"server", tcp::to_text(connection.server)},
                                 {"connection", connection.number},
                                 {"stream", call.place.stream},
                                 {"packet", call.place.packet}};
  if (std::string method = method_shown(call); !method.empty()) json["method"] = std::move(method);
  json["method_known"] = known_name(call.path_known);
  json["kind"] = call::kind_seen(call);
  json["ending"] = call::ending_name(call.ending);
  if (call.status) {
    json["status"] = *call.status;
    json["status_name"] = rpc::status_name(*call.status);
  }
  if (!call.status_message.empty()) json["message"] = call.status_message;
  if (call.http_status != 0) json["http_status"] = call.http_status;
  if (call.ending == Ending::ResetByClient || call.ending == Ending::ResetByServer)
    json["error_code"] = http2::error_code_name(call.error_code);
  json["requests"] = call.request.messages;
  json["replies"] = call.response.messages;
  json["request_bytes"] = call.request.bytes;
  json["reply_bytes"] = call.response.bytes;
  json["latency_ns"] = (call.ended - call.started).count();
  return json.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

std::string withdrawn_json(const call::ConnectionView& connection) {
  const nlohmann::ordered_json json = {
      {"type", "withdrawn"}, {"version", "1.0"}, {"connection", connection.number}, {"method_known", "inferred"}};
  return json.dump();
}

}  // namespace testigo::report
