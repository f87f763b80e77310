#include "report/call_line.h"

#include <fmt/compile.h>

#include <nlohmann/json.hpp>

#include "base/inert.h"
#include "wire/rpc/status.h"

namespace testigo::report {
namespace {

using call::Ending;

std::string_view ending_name(Ending ending) {
  switch (ending) {
    case Ending::Trailers:
      return "trailers";
    case Ending::WithoutStatus:
      return "without-status";
    case Ending::ResetByClient:
      return "reset-by-client";
    case Ending::ResetByServer:
      return "reset-by-server";
    case Ending::Refused:
      return "refused";
    case Ending::ConnectionLost:
      return "connection-lost";
    case Ending::StillOpen:
      return "still-open";
  }
  return {};
}

void append_number(std::string& out, std::uint64_t number) { fmt::format_to(std::back_inserter(out), FMT_COMPILE("{}"), number); }

void append_bytes(std::string& out, std::uint64_t bytes) {
  if (bytes < 10'000) {
    append_number(out, bytes);
    out += " B";
  } else if (bytes < 10'000'000) {
    out += fmt::format("{:.1f} kB", static_cast<double>(bytes) / 1e3);
  } else {
    out += fmt::format("{:.1f} MB", static_cast<double>(bytes) / 1e6);
  }
}

std::string path_text(const call::Call& call) {
  const std::string method = method_shown(call);
  return method.empty() ? "(unknown method)" : inert(method, 120);
}

std::string_view known_name(http2::Known known) {
  switch (known) {
    case http2::Known::Exact:
      return "exact";
    case http2::Known::Inferred:
      return "inferred";
    case http2::Known::Unknown:
      return "unknown";
  }
  return {};
}

}  // namespace

std::string method_shown(const call::Call& call) {
  if (call.path_known != http2::Known::Unknown) return call.path;
  return call.unknown_method == 0 ? std::string() : fmt::format("unknown#{}", call.unknown_method);
}

std::string_view kind_seen(const call::Call& call) {
  const bool many_requests = call.request.messages > 1;
  const bool many_replies = call.response.messages > 1;
  if (many_requests) return many_replies ? "bidi" : "client-stream";
  return many_replies ? "server-stream" : "unary";
}

std::string outcome_text(const call::Call& call) {
  if (call.status) return rpc::status_name(*call.status);
  switch (call.ending) {
    case Ending::Trailers:
      if (call.response.behind_gap) return "unknown status";
      [[fallthrough]];
    case Ending::WithoutStatus:
      return call.http_status == 200 || call.http_status == 0 ? "no status" : fmt::format("HTTP {}", call.http_status);
    case Ending::ResetByClient:
      return fmt::format("reset by client ({})", http2::error_code_name(call.error_code));
    case Ending::ResetByServer:
      return fmt::format("reset by server ({})", http2::error_code_name(call.error_code));
    case Ending::Refused:
      return "refused";
    case Ending::ConnectionLost:
      return "connection lost";
    case Ending::StillOpen:
      return "still open";
  }
  return {};
}

const std::string& CallLine::shown_path(const call::Call& call) {
  const bool known = call.path_known != http2::Known::Unknown;
  if (known && path_ == call.path) return path_text_;
  path_ = known ? std::optional(call.path) : std::nullopt;
  path_text_ = path_text(call);
  return path_text_;
}

// A capture has millions of them: no format is parsed here.
void CallLine::append(std::string& out, const call::ConnectionView& connection, const call::Call& call) {
  if (connection_ != connection.number || ends_.empty()) {
    connection_ = connection.number;
    ends_ = tcp::to_text(connection.client) + " → " + tcp::to_text(connection.server);
  }
  paint_.dim(out, to_time_of_day(call.started));
  out.append(" ").append(ends_) += "  ";
  paint_.bold(out, shown_path(call));
  out.append("  ").append(kind_seen(call)) += "  ";
  call.status == rpc::kOk ? paint_.green(out, "OK") : paint_.red(out, outcome_text(call));
  out += "  ";
  append_number(out, call.request.messages);
  out += "→";
  append_number(out, call.response.messages);
  out += " msg  ";
  append_bytes(out, call.request.bytes);
  out += "→";
  append_bytes(out, call.response.bytes);
  out.append("  ") += to_human(call.ended - call.started);
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
  json["kind"] = kind_seen(call);
  json["ending"] = ending_name(call.ending);
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
