#include "run/call_lines.h"

#include <fmt/format.h>

#include "report/call_line.h"
#include "report/verdict_json.h"

namespace testigo::run {

void CallLines::on_call(const call::CallClosed& closed) {
  const std::string line =
      json_ ? report::call_json(closed.connection, closed.call) : report::call_line(closed.connection, closed.call, paint_);
  fmt::print(out_, "{}\n", line);
}

void CallLines::on_finding(const check::Finding& finding) {
  if (finding.severity == check::Severity::Info) return;
  if (json_) {
    nlohmann::ordered_json json = report::finding_json(finding);
    json["type"] = "finding";
    fmt::print(out_, "{}\n", json.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace));
    return;
  }
  const std::string grade = std::string(check::severity_name(finding.severity));
  fmt::print(out_, "{} {}  packet {} stream {}  {}\n",
             finding.severity == check::Severity::Error ? paint_.red(grade) : paint_.yellow(grade), finding.check,
             finding.spot.place.packet, finding.spot.place.stream, finding.text);
}

}  // namespace testigo::run
