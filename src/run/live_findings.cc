#include "run/live_findings.h"

#include <algorithm>
#include <unordered_map>

#include "report/page_document.h"

namespace testigo::run {
namespace {

using Json = nlohmann::ordered_json;
using report::PageCall;

// With what is said of each, an event has some 300 kB: those who are slow let go of few others for it.
constexpr std::size_t kToldAtOnce = 500;

std::uint64_t stream_key(std::uint64_t connection, std::uint32_t stream) { return connection << 32 | stream; }

}  // namespace

void LiveFindings::hear(const check::Finding& finding) {
  ++by_severity_[static_cast<std::size_t>(finding.severity)];
  ++by_check_[finding.check];
  counts_told_ = false;
  if (share_.takes(finding.check, finding.severity)) kept_.push_back(finding);
}

Json LiveFindings::counts() const {
  Json checks = Json::object();
  for (const auto& [check, times] : by_check_) checks[std::string(check)] = times;
  const auto of = [this](check::Severity severity) { return by_severity_[static_cast<std::size_t>(severity)]; };
  return {{"errors", of(check::Severity::Error)},
          {"warnings", of(check::Severity::Warning)},
          {"infos", of(check::Severity::Info)},
          {"checks", std::move(checks)}};
}

std::vector<Json> LiveFindings::news() {
  std::vector<Json> events;
  if (counts_told_) return events;
  const std::vector<report::DissectedPort> ports = ports_.list();
  do {
    Json event = {{"found", counts()}};
    Json& findings = event["findings"] = Json::array();
    for (const std::size_t end = std::min(kept_.size(), told_ + kToldAtOnce); told_ < end; ++told_) {
      findings.push_back(report::page_finding(kept_[told_], {}, capture_, ports));
    }
    events.push_back(std::move(event));
  } while (told_ < kept_.size());
  counts_told_ = true;
  return events;
}

void LiveFindings::add_to(Json& document, std::vector<PageCall>& calls) const {
  struct Call {
    std::uint16_t flags = 0;
    std::optional<std::size_t> row;
  };
  std::unordered_map<std::uint64_t, Call> streams;
  for (const check::Finding& finding : kept_) {
    const call::Place& place = finding.spot.place;
    if (place.stream != 0) streams[stream_key(place.connection, place.stream)].flags |= report::flag_of(finding.severity);
  }
  for (std::size_t row = 0; row < calls.size() && !streams.empty(); ++row) {
    const auto found =
        calls[row].connection == 0 ? streams.end() : streams.find(stream_key(calls[row].connection, calls[row].stream));
    if (found == streams.end()) continue;
    calls[row].flags |= found->second.flags;
    found->second.row = row;
  }
  const std::vector<report::DissectedPort> ports = ports_.list();
  Json& findings = document["findings"] = Json::array();
  for (const check::Finding& finding : kept_) {
    const auto of = streams.find(stream_key(finding.spot.place.connection, finding.spot.place.stream));
    findings.push_back(report::page_finding(finding, of == streams.end() ? std::nullopt : of->second.row, capture_, ports));
  }
  document["found"] = counts();
}

}  // namespace testigo::run
