#include <nlohmann/json.hpp>

#include "base/utf8.h"
#include "statement/statement.h"

namespace testigo::statement {
namespace {

using Json = nlohmann::ordered_json;

std::string_view witness_name(Witness witness) { return witness == Witness::Client ? "client" : "server"; }

void put(Json& line, const Start& start) {
  line["format"] = kFormatName;
  line["version"] = std::to_string(kVersionMajor) + '.' + std::to_string(kVersionMinor);
  line["witness"] = witness_name(start.witness);
  line["name"] = start.name;
  line["process"] = start.process;
  line["host"] = start.host;
  line["pid"] = start.pid;
  line["address"] = start.address;
  if (start.period) line["period_ns"] = start.period->count();
  if (start.deadline) line["deadline_ns"] = start.deadline->count();
  line["tls"] = start.tls;
  line["continues"] = start.continues;
}

void put(Json& line, const Started& started) {
  line["id"] = to_text(started.id);
  line["method"] = started.method;
  line["kind"] = kind_name(started.kind);
}

void put(Json& line, const Received& received) {
  line["id"] = to_text(received.id);
  line["method"] = received.method;
  line["kind"] = kind_name(received.kind);
  line["peer"] = received.peer;
}

void put(Json& line, const Ended& ended) {
  line["id"] = to_text(ended.id);
  line["status"] = ended.status;
  line["message"] = ended.message;
  line["latency_ns"] = ended.latency.count();
  line["requests"] = ended.requests;
  line["replies"] = ended.replies;
  if (ended.reply) line["reply"] = {{"client", ended.reply->client}, {"call", ended.reply->call}, {"server", ended.reply->server}};
}

void put(Json& line, const End& end) { line["calls"] = end.calls; }

constexpr std::string_view type_name(const Start&) { return "start"; }
constexpr std::string_view type_name(const Started&) { return "started"; }
constexpr std::string_view type_name(const Received&) { return "received"; }
constexpr std::string_view type_name(const Ended&) { return "ended"; }
constexpr std::string_view type_name(const End&) { return "end"; }

}  // namespace

std::string to_line(const Statement& statement) {
  return std::visit(
      [&](const auto& body) {
        Json line;
        line["type"] = type_name(body);
        line["time"] = to_rfc3339(statement.time);
        line["monotonic_ns"] = statement.monotonic.count();
        put(line, body);
        // Texts of peers may be anything: what is not UTF-8 is replaced, so that the line stays JSON.
        return line.dump(-1, ' ', false, Json::error_handler_t::replace);
      },
      statement.body);
}

std::string as_stated(std::string text) {
  std::size_t good = 0;
  while (good < text.size()) {
    const std::size_t length = utf8_length(std::string_view(text).substr(good));
    if (length == 0) return Json::parse(Json(std::move(text)).dump(-1, ' ', false, Json::error_handler_t::replace));
    good += length;
  }
  return text;
}

}  // namespace testigo::statement
