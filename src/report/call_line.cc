#include "report/call_line.h"

#include <chrono>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/inert.h"
#include "call/outcome.h"
#include "report/frame_text.h"
#include "report/json_line.h"
#include "wire/rpc/status.h"

namespace testigo::report {
namespace {

using call::Ending;

std::string bytes_text(std::uint64_t bytes) {
  if (bytes < 10'000) return fmt::format("{} B", bytes);
  const bool kilo = bytes < 10'000'000;
  return fmt::format("{:.1f} {}B", static_cast<double>(bytes) / (kilo ? 1e3 : 1e6), kilo ? 'k' : 'M');
}

std::int64_t millis_of(Time time) { return std::chrono::floor<std::chrono::milliseconds>(time).time_since_epoch().count(); }

std::string path_text(const call::Call& call) {
  const std::string method = method_shown(call);
  return method.empty() ? "(unknown method)" : inert(method, 120);
}

}  // namespace

std::string method_shown(const call::Call& call) {
  if (call.path_known != http2::Known::Unknown) return call.path;
  return call.unknown_method == 0 ? std::string() : fmt::format("unknown#{}", call.unknown_method);
}

void CallLine::Line::end(Duration duration) {
  char* end = write_human(text.data() + duration_at, duration);
  *end++ = '\n';
  size = static_cast<std::size_t>(end - text.data());
}

bool CallLine::Latest::is_like(const call::Call& call) const {
  return line.duration_at != 0 && call.status == rpc::kOk && requests == call.request.messages &&
         replies == call.response.messages && request_bytes == call.request.bytes && reply_bytes == call.response.bytes &&
         path_known == call.path_known && unknown_method == call.unknown_method && path == call.path;
}

void CallLine::Latest::take(const call::Call& call) {
  path = call.path;
  path_known = call.path_known;
  unknown_method = call.unknown_method;
  requests = call.request.messages;
  replies = call.response.messages;
  request_bytes = call.request.bytes;
  reply_bytes = call.response.bytes;
  millis = millis_of(call.started);
  duration = call.ended - call.started;
}

void CallLine::tell_time(Time time) {
  const std::int64_t millis = millis_of(time);
  if (millis_ == millis && !time_text_.empty()) return;
  millis_ = millis;
  time_text_ = paint_.dim(to_time_of_day(time));
}

CallLine::Line CallLine::line_of(const std::string& ends, const call::Call& call) const {
  const std::string outcome = call::outcome_text(call);
  std::string text =
      fmt::format("{} {}  {}  {}  {}  {}→{} msg  {}→{}  ", time_text_, ends, paint_.bold(path_text(call)), call::kind_seen(call),
                  call.status == rpc::kOk ? paint_.green(outcome) : paint_.red(outcome), call.request.messages,
                  call.response.messages, bytes_text(call.request.bytes), bytes_text(call.response.bytes));
  const std::size_t duration_at = text.size();
  text.resize(duration_at + kHumanBytesMax + 1);
  return {std::move(text), duration_at, 0};
}

std::string_view CallLine::of(const call::ConnectionView& connection, const call::Call& call) {
  Latest& last = latest(connection);
  if (!last.is_of(connection) || !last.is_like(call)) return anew(connection, call);
  if (const std::int64_t millis = millis_of(call.started); last.millis != millis) {
    tell_time(call.started);
    time_text_.copy(last.line.text.data(), time_text_.size());
    last.millis = millis;
  }
  if (const Duration duration = call.ended - call.started; last.duration != duration) {
    last.line.end(duration);
    last.duration = duration;
  }
  return last.line.view();
}

std::string_view CallLine::anew(const call::ConnectionView& connection, const call::Call& call) {
  tell_time(call.started);
  Latest& last = latest(connection);
  if (!last.is_of(connection)) {
    last = {};
    last.connection = connection.number;
    last.ends = tcp::to_text(connection.client) + " → " + tcp::to_text(connection.server);
  }
  const bool ok = call.status == rpc::kOk;
  Line& line = ok ? last.line : other_;
  line = line_of(last.ends, call);
  line.end(call.ended - call.started);
  if (ok) last.take(call);
  return line.view();
}

std::string place_text(const call::Place& place) {
  return fmt::format("packet {} stream {}{}", place.packet, place.stream, place.other_side ? " of the other side" : "");
}

std::string call_json(const call::ConnectionView& connection, const call::Call& call) {
  JsonLine json;
  json.add("type", "call");
  json.add("version", "1.0");
  json.add("time", to_rfc3339(call.started));
  json.add("client", tcp::to_text(connection.client));
  json.add("server", tcp::to_text(connection.server));
  json.add("connection", connection.number);
  json.add("stream", call.place.stream);
  json.add("packet", call.place.packet);
  if (const std::string method = method_shown(call); !method.empty()) json.add("method", method);
  json.add("method_known", known_name(call.path_known));
  json.add("kind", call::kind_seen(call));
  json.add("ending", call::ending_name(call.ending));
  if (call.status) {
    json.add("status", *call.status);
    json.add("status_name", rpc::status_name(*call.status));
  }
  if (!call.status_message.empty()) json.add("message", call.status_message);
  if (call.http_status != 0) json.add("http_status", call.http_status);
  if (call.ending == Ending::ResetByClient || call.ending == Ending::ResetByServer)
    json.add("error_code", http2::error_code_name(call.error_code));
  json.add("requests", call.request.messages);
  json.add("replies", call.response.messages);
  json.add("request_bytes", call.request.bytes);
  json.add("reply_bytes", call.response.bytes);
  json.add("latency_ns", (call.ended - call.started).count());
  return std::move(json).end();
}

std::string withdrawn_json(const call::ConnectionView& connection) {
  const nlohmann::ordered_json json = {
      {"type", "withdrawn"}, {"version", "1.0"}, {"connection", connection.number}, {"method_known", "inferred"}};
  return json.dump();
}

}  // namespace testigo::report
