#include "report/verdict_json.h"

#include "base/inert.h"
#include "report/tshark.h"

namespace testigo::report {
namespace {

using Json = nlohmann::ordered_json;

Json place_json(const call::Place& place) {
  Json json = {{"packet", place.packet}, {"connection", place.connection}, {"stream", place.stream}};
  if (place.other_side) json["other_side"] = true;
  return json;
}

Json places_json(std::span<const call::Place> places) {
  Json array = Json::array();
  for (const call::Place& place : places) array.push_back(place_json(place));
  return array;
}

Json exhibit_json(const RunReport& report, const verdict::Exhibit& exhibit) {
  Json json = {{"text", exhibit.text}};
  if (!exhibit.call.empty()) json["call"] = exhibit.call;
  if (!exhibit.octets.empty()) json["octets"] = exhibit.octets;
  json["wire"] = places_json(exhibit.wire);
  Json statements = Json::array();
  for (const statement::Place& place : exhibit.statements) {
    statements.push_back(
        {{"file", std::filesystem::path(place.file).lexically_relative(report.evidence).string()}, {"line", place.line}});
  }
  json["statements"] = statements;
  const std::string command = report.capture.empty() ? "" : tshark_places(report.capture, report.ports, exhibit.wire);
  if (!command.empty()) json["tshark"] = command;
  return json;
}

Json claim_json(const RunReport& report, const verdict::Claim& claim) {
  Json exhibits = Json::array();
  for (const verdict::Exhibit& exhibit : claim.exhibits) exhibits.push_back(exhibit_json(report, exhibit));
  return {{"number", claim.number},
          {"sentence", claim.sentence},
          {"outcome", verdict::outcome_name(claim.outcome)},
          {"because", claim.because},
          {"exhibits_total", claim.exhibits_total},
          {"exhibits", exhibits}};
}

Json cause_json(const diagnose::Cause& cause) {
  return {{"id", cause.id},       {"title", cause.title},         {"explanation", cause.explanation}, {"fix", cause.fix},
          {"times", cause.times}, {"suspected", cause.suspected}, {"wire", places_json(cause.places)}};
}

Json checks_json(const check::Tally& tally) {
  Json checks = Json::object();
  for (const auto& [id, count] : tally.counts) {
    Json json = {{"outcome", check::outcome_name(count.outcome())},
                 {"passed", count.passed},
                 {"failed", count.failed},
                 {"not_judgeable", count.not_judgeable}};
    if (!count.reason.empty()) json["reason"] = count.reason;
    checks[std::string(id)] = json;
  }
  return checks;
}

Json grades_json(const check::Tally& tally) {
  Json checks = Json::object();
  for (const auto& [id, grades] : tally.grades) {
    checks[std::string(id)] = {{"errors", grades[0]}, {"warnings", grades[1]}, {"infos", grades[2]}};
  }
  return checks;
}

Json summary_json(const verdict::CallSummary& summary) {
  Json methods = Json::array();
  for (const verdict::MethodSummary& method : summary.methods) {
    Json outcomes = Json::object();
    if (method.ok != 0) outcomes["OK"] = method.ok;
    for (const auto& [outcome, times] : method.failed) outcomes[outcome] = times;
    const Histogram& latency = method.latency;
    methods.push_back({{"method", method.method},
                       {"calls", method.calls},
                       {"outcomes", outcomes},
                       {"latency_ns",
                        {{"p50", latency.percentile(50).count()},
                         {"p90", latency.percentile(90).count()},
                         {"p99", latency.percentile(99).count()},
                         {"max", latency.max().count()}}}});
  }
  return {{"connections", summary.connections}, {"methods", methods}};
}

Json hop_json(const Hop& hop) {
  const check::hop::HopSummary& summary = hop.summary;
  return {{"downstream", hop.downstream},
          {"upstream", hop.upstream},
          {"by_addresses", hop.by_addresses},
          {"calls",
           {{"paired", summary.paired},
            {"only_downstream", summary.only_downstream},
            {"only_upstream", summary.only_upstream},
            {"beyond_limit", summary.beyond_limit}}},
          {"added_ns",
           {{"p50", summary.added.percentile(50).count()},
            {"p90", summary.added.percentile(90).count()},
            {"p99", summary.added.percentile(99).count()},
            {"max", std::max(summary.added.max(), Duration::zero()).count()}}}};
}

Json masked_json(const std::vector<Masked>& masked) {
  Json array = Json::array();
  for (const Masked& field : masked) {
    array.push_back(
        {{"name", inert(field.name)}, {"times", field.times}, {"values", field.values}, {"more_values", field.more_values}});
  }
  return array;
}

}  // namespace

nlohmann::ordered_json finding_json(const check::Finding& finding) {
  Json json = {{"check", finding.check},
               {"severity", check::severity_name(finding.severity)},
               {"text", finding.text},
               {"clause", finding.clause}};
  json["wire"] = place_json(finding.spot.place);
  json["direction"] = finding.spot.direction == Direction::ToServer ? "to-server" : "to-client";
  json["offset"] = finding.spot.offset;
  return json;
}

nlohmann::ordered_json verdict_json(const RunReport& report) {
  const verdict::Verdict& verdict = report.verdict;
  Json json = {{"type", "verdict"},
               {"format", "testigo-report"},
               {"version", "1.1"},
               {"testigo", report.version},
               {"command", report.command},
               {"judged", to_rfc3339(report.judged)},
               {"verdict", verdict::outcome_name(verdict.outcome)}};
  Json claims = Json::array();
  for (const verdict::Claim& claim : verdict.claims) claims.push_back(claim_json(report, claim));
  json["claims"] = claims;
  Json causes = Json::array();
  for (const diagnose::Cause& cause : verdict.causes) causes.push_back(cause_json(cause));
  json["causes"] = causes;
  Json clients = Json::array();
  for (const verdict::ClientCount& client : verdict.clients) {
    clients.push_back({{"client", client.client}, {"calls", client.calls}, {"ok", client.ok}, {"failed", client.failed}});
  }
  json["clients"] = clients;
  json["calls"] = {{"judged", verdict.calls},
                   {"on_wire", verdict.calls_on_wire},
                   {"without_id", verdict.calls_without_id},
                   {"out_of_scope", verdict.out_of_scope},
                   {"in_flight", verdict.in_flight}};
  if (report.summary) json["summary"] = summary_json(*report.summary);
  if (report.hop) json["hop"] = hop_json(*report.hop);
  if (report.packets) json["packets"] = {{"read", report.packets->read}, {"dropped", report.packets->dropped}};
  json["notes"] = verdict.notes;
  Json findings = Json::array();
  for (const check::Finding& finding : report.checks.findings) findings.push_back(finding_json(finding));
  json["findings"] = {{"errors", report.checks.errors},
                      {"warnings", report.checks.warnings},
                      {"infos", report.checks.infos},
                      {"by_check", grades_json(report.checks)},
                      {"first", findings}};
  json["checks"] = checks_json(report.checks);
  if (!report.wire.empty()) json["wire"] = report.wire;
  json["evidence"] = report.evidence.string();
  if (!report.capture.empty()) {
    json["capture"] = report.capture.filename().string();
    json["masked"] = masked_json(report.masked);
    json["tshark"] = tshark_overview(report.capture, report.ports);
  }
  return json;
}

}  // namespace testigo::report
