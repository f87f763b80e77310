#include "greeter/call_log.h"

#include <fmt/format.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <nlohmann/json.hpp>

#include "base/inert.h"
#include "greeter/status_name.h"

namespace testigo::greeter {
namespace {

using Json = nlohmann::ordered_json;

std::string dump(const Json& line) { return line.dump(-1, ' ', false, Json::error_handler_t::replace); }

template <class Sink>
std::shared_ptr<spdlog::logger> logger() {
  auto made = std::make_shared<spdlog::logger>("", std::make_shared<Sink>());
  made->set_pattern("%v");
  made->flush_on(spdlog::level::info);  // whoever reads our pipe sees each call at once
  return made;
}

std::string who(const CallLine& line) {
  return line.id ? fmt::format("{} #{}", line.id->client, line.id->number) : std::string("(no testigo-id)");
}

std::string detail(const CallLine& line) {
  if (line.misnamed && line.ended.reply) {
    const statement::Reply& reply = *line.ended.reply;
    return fmt::format("  THE REPLY IS FOR {} #{}", inert(reply.client), reply.call);
  }
  const std::string& text = line.ended.status == 0 ? line.text : line.ended.message;
  return text.empty() ? text : "  " + inert(text, 400);
}

std::string text_line(const CallLine& line, Time time) {
  const std::string from = line.peer.empty() ? "" : "  from " + inert(line.peer);
  return fmt::format("{}  {:<12}  {:<13}  {:<11}  {}{}{}", to_time_of_day(time), who(line), statement::kind_name(line.kind),
                     status_name(line.ended.status), to_human(line.ended.latency), from, detail(line));
}

std::string json_line(const CallLine& line, Time time) {
  Json out{{"time", to_rfc3339(time)}, {"event", "call"}};
  if (line.id) {
    out["client"] = line.id->client;
    out["process"] = line.id->process;
    out["call"] = line.id->number;
  }
  out["kind"] = statement::kind_name(line.kind);
  out["status"] = status_name(line.ended.status);
  out["message"] = line.ended.message;
  out["latency_ns"] = line.ended.latency.count();
  out["requests"] = line.ended.requests;
  out["replies"] = line.ended.replies;
  if (!line.peer.empty()) out["peer"] = line.peer;
  if (const auto& reply = line.ended.reply)
    out["reply"] = {{"client", reply->client}, {"call", reply->call}, {"server", reply->server}};
  return dump(out);
}

}  // namespace

CallLog::CallLog(LogFormat format, const Clock& clock)
    : format_(format),
      clock_(clock),
      out_(logger<spdlog::sinks::stdout_sink_mt>()),
      err_(logger<spdlog::sinks::stderr_sink_mt>()) {}

CallLog::~CallLog() = default;

void CallLog::listening(const std::string& address) {
  const std::string text = "listening on " + address;
  if (format_ == LogFormat::Text) return out_->info("{}", text);
  out_->info("{}", dump({{"time", to_rfc3339(clock_.now())}, {"event", "listening"}, {"message", text}, {"address", address}}));
}

void CallLog::call(const CallLine& line) {
  const Time now = clock_.now();
  out_->info("{}", format_ == LogFormat::Text ? text_line(line, now) : json_line(line, now));
}

void CallLog::note(const std::string& text) { err_->info("testigo-greeter: {}", text); }

}  // namespace testigo::greeter
