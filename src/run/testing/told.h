// All that a run tells of a capture, from its octets to the verdict, as lines: to be compared with what it tells of another one.
#pragma once

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <iterator>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "call/fan.h"
#include "call/model.h"
#include "capture/capture_file.h"
#include "check/judge.h"
#include "diagnose/diagnosis.h"
#include "report/call_line.h"
#include "verdict/traffic.h"

namespace testigo::run::testing {

struct Told {
  std::vector<std::string> calls;   // by connection, in the order in which they ended
  std::vector<std::string> alarms;  // findings of grade error and warning
  std::vector<std::string> rest;    // findings, tallies, causes, verdict
  verdict::Outcome outcome{};
  capture::CaptureSummary summary;
};

// What may differ when the same octets come in other packets: the number of the packet that a text names, or a member.
inline std::string without_packets(const std::string& text) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const std::string_view rest = std::string_view(text).substr(at);
    const std::string_view name = rest.starts_with("packets ") ? "packets " : rest.starts_with("packet ") ? "packet " : "";
    out += name.empty() ? rest.substr(0, 1) : name;
    at += std::max<std::size_t>(name.size(), 1);
    if (!name.empty()) at = std::min(text.find_first_not_of("0123456789, ", at), text.size());
  }
  return out;
}

inline std::string call_text(const call::CallClosed& closed) {
  auto json = nlohmann::ordered_json::parse(report::call_json(closed.connection, closed.call));
  json.erase("packet");
  const call::Call& call = closed.call;
  json["sides"] = {call.request.headers,  call.request.ended,  call.request.end,  call.request.headers_end,
                   call.response.headers, call.response.ended, call.response.end, call.response.headers_end};
  json["delivered"] = {call.headers_delivered, call.request_delivered};
  return json.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

class CallTexts final : public call::Sink {
 public:
  void on_call(const call::CallClosed& closed) override {
    EXPECT_GE(closed.call.ended, closed.call.started) << call_text(closed);
    lines_.emplace_back(closed.connection.number, call_text(closed));
  }
  // One connection has no order before another.
  std::vector<std::string> take() {
    std::ranges::stable_sort(lines_, {}, &Line::first);
    std::vector<std::string> texts;
    std::ranges::transform(lines_, std::back_inserter(texts), &Line::second);
    return texts;
  }

 private:
  using Line = std::pair<call::ConnectionNumber, std::string>;
  std::vector<Line> lines_;
};

inline std::string finding_text(const check::Finding& finding) {
  return fmt::format("{} {} connection {} stream {}: {}", check::severity_name(finding.severity), finding.check,
                     finding.spot.place.connection, finding.spot.place.stream, without_packets(finding.text));
}

inline void append_texts(std::vector<std::string>& lines, const check::Tally& tally) {
  std::ranges::transform(tally.findings, std::back_inserter(lines), finding_text);
  for (const auto& [id, count] : tally.counts) {
    lines.push_back(fmt::format("{} passed {} failed {} not judgeable {} ({})", id, count.passed, count.failed, count.not_judgeable,
                                count.reason));
  }
}

inline void append_texts(std::vector<std::string>& lines, const verdict::Verdict& verdict) {
  for (const diagnose::Cause& cause : verdict.causes) {
    lines.push_back(fmt::format("{} {} times: {}", cause.id, cause.times, without_packets(cause.explanation)));
  }
  lines.emplace_back(verdict::outcome_name(verdict.outcome));
  for (const verdict::Claim& claim : verdict.claims) lines.push_back(claim.because);
  lines.insert(lines.end(), verdict.notes.begin(), verdict.notes.end());
}

inline Told told_of(Bytes capture) {
  CallTexts calls;
  check::Judge judge({}, check::Foreign::PassedOver);
  diagnose::Diagnosis diagnosis;
  verdict::TrafficWitness traffic(verdict::Hearing::Interface);
  call::Fan fan({&calls, &judge, &diagnosis, &traffic});
  call::Model model(fan);
  Told told;
  told.summary = capture::read_capture(capture, model);
  told.calls = calls.take();
  const check::Tally tally = judge.tally();
  for (const check::Finding& finding : tally.findings) {
    if (finding.severity != check::Severity::Info) told.alarms.push_back(finding_text(finding));
  }
  append_texts(told.rest, tally);
  const verdict::Verdict verdict = verdict::judge_traffic(traffic.traffic(), tally, diagnosis.causes());
  told.outcome = verdict.outcome;
  append_texts(told.rest, verdict);
  std::ranges::sort(told.rest);
  return told;
}

}  // namespace testigo::run::testing
