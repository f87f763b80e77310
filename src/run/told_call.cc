#include "run/told_call.h"

#include "base/utf8.h"
#include "call/model.h"
#include "capture/capture_file.h"
#include "capture/rotation.h"
#include "report/exact.h"

namespace testigo::run {
namespace {

using Json = nlohmann::ordered_json;
using report::exact;

std::string cut(const std::string& text) { return shortened(text, 1024); }

Json reply_json(const statement::Reply& reply) {
  return {{"client", cut(reply.client)}, {"call", exact(reply.call)}, {"server", cut(reply.server)}};
}

}  // namespace

nlohmann::ordered_json statement_json(const FoundStatement& found, Time began) {
  const statement::Statement& said = found.statement;
  Json json = {{"witness", found.by.witness == statement::Witness::Client ? "client" : "server"},
               {"name", cut(found.by.name)},
               {"file", cut(found.file)},
               {"line", exact(found.line)}};
  const auto begin = [&](std::string_view type) {
    json["type"] = type;
    json["time_ns"] = exact((said.time - began).count());
  };
  if (const auto* started = std::get_if<statement::Started>(&said.body)) {
    begin("started");
    json["method"] = cut(started->method);
    json["kind"] = statement::kind_name(started->kind);
  } else if (const auto* received = std::get_if<statement::Received>(&said.body)) {
    begin("received");
    json["method"] = cut(received->method);
    json["kind"] = statement::kind_name(received->kind);
    json["peer"] = cut(received->peer);
  } else if (const auto* ended = std::get_if<statement::Ended>(&said.body)) {
    begin("ended");
    json["status"] = ended->status;
    json["message"] = cut(ended->message);
    json["latency_ns"] = exact(ended->latency.count());
    json["requests"] = exact(ended->requests);
    json["replies"] = exact(ended->replies);
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
  const FoundStatements said = id ? statements_of_call(folder, *id) : FoundStatements();
  for (const FoundStatement& found : said.first) statements.push_back(statement_json(found, began));
  std::map<StreamKey, report::CallDetail> frames;
  if (stream) frames = read_details(folder, {*stream});
  if (statements.empty() && frames.empty()) return std::nullopt;
  Json told = {{"statements", std::move(statements)},
               {"statements_left_out", said.left_out},
               {"differences", Json::array()},
               {"differences_left_out", 0}};
  told.update(report::frames_json(frames.empty() ? report::CallDetail{} : frames.begin()->second, began));
  return told;
}

nlohmann::ordered_json untold_call(const std::string& why) {
  Json told = {
      {"statements", Json::array()}, {"statements_left_out", 0}, {"differences", Json::array()}, {"differences_left_out", 0}};
  told.update(report::frames_json({}, {}));
  told["untold"] = why;
  return told;
}

std::string why_untold(const EvidenceFolder& folder) {
  std::error_code error;
  if (!std::filesystem::exists(folder.path(), error)) return "the evidence is not where it was: it was moved, or deleted";
  if (!std::filesystem::exists(folder.capture(), error)) return "there is no capture in the evidence";
  return "the files of the evidence do not hold it, or not yet: its part may have been rotated away";
}

}  // namespace testigo::run
