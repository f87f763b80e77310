#include "run/told_call.h"

#include "call/model.h"
#include "capture/capture_file.h"
#include "capture/rotation.h"

namespace testigo::run {
namespace {

using Json = nlohmann::ordered_json;

Json reply_json(const statement::Reply& reply) {
  return {{"client", reply.client}, {"call", reply.call}, {"server", reply.server}};
}

}  // namespace

nlohmann::ordered_json statement_json(const FoundStatement& found, Time began) {
  const statement::Statement& said = found.statement;
  Json json = {{"witness", found.by.witness == statement::Witness::Client ? "client" : "server"},
               {"name", found.by.name},
               {"file", found.file},
               {"line", found.line}};
  const auto begin = [&](std::string_view type) {
    json["type"] = type;
    json["time_ns"] = (said.time - began).count();
  };
  if (const auto* started = std::get_if<statement::Started>(&said.body)) {
    begin("started");
    json["method"] = started->method;
    json["kind"] = statement::kind_name(started->kind);
  } else if (const auto* received = std::get_if<statement::Received>(&said.body)) {
    begin("received");
    json["method"] = received->method;
    json["kind"] = statement::kind_name(received->kind);
    json["peer"] = received->peer;
  } else if (const auto* ended = std::get_if<statement::Ended>(&said.body)) {
    begin("ended");
    json["status"] = ended->status;
    json["message"] = ended->message;
    json["latency_ns"] = ended->latency.count();
    json["requests"] = ended->requests;
    json["replies"] = ended->replies;
    if (ended->reply) json["reply"] = reply_json(*ended->reply);
  }
  return json;
}

std::map<StreamKey, report::CallDetail> read_details(const EvidenceFolder& folder, std::set<StreamKey> chosen) {
  std::error_code error;
  if (chosen.empty() || !std::filesystem::exists(folder.capture(), error)) return {};
  const capture::SecretNames secrets;
  CallDetails details(std::move(chosen), secrets, nullptr);
  call::Model model(details);
  const capture::CaptureFiles files(capture::capture_files(folder.capture()));
  files.read(model, {}, [&](const capture::ReadSoFar&) { return !details.all_closed(); });
  return details.take();
}

std::optional<nlohmann::ordered_json> told_call(const EvidenceFolder& folder, const std::optional<StreamKey>& stream,
                                                const std::optional<statement::CallId>& id, Time began) {
  Json statements = Json::array();
  if (id) {
    for (const FoundStatement& found : statements_of_call(folder, *id)) statements.push_back(statement_json(found, began));
  }
  std::map<StreamKey, report::CallDetail> frames;
  if (stream) frames = read_details(folder, {*stream});
  if (statements.empty() && frames.empty()) return std::nullopt;
  Json told = {{"statements", std::move(statements)}, {"differences", Json::array()}};
  told.update(report::frames_json(frames.empty() ? report::CallDetail{} : frames.begin()->second, began));
  return told;
}

}  // namespace testigo::run
