#include "run/call_lines.h"

#include <fmt/format.h>

#include "report/call_line.h"
#include "report/verdict_json.h"
#include "run/terminal.h"

namespace testigo::run {

void CallLines::on_call(const call::CallClosed& closed) {
  const std::string line =
      json_ ? report::call_json(closed.connection, closed.call) : report::call_line(closed.connection, closed.call, paint_);
  put(out_, line + "\n");
}

void CallLines::on_finding(const check::Finding& finding) {
  if (finding.severity == check::Severity::Info) return;
  if (json_) {
    nlohmann::ordered_json json = report::finding_json(finding);
    json["type"] = "finding";
    put(out_, json.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n");
    return;
  }
  const std::string grade = std::string(check::severity_name(finding.severity));
  put(out_, fmt::format("{} {}  packet {} stream {}  {}\n",
                        finding.severity == check::Severity::Error ? paint_.red(grade) : paint_.yellow(grade), finding.check,
                        finding.spot.place.packet, finding.spot.place.stream, finding.text));
}

}  // namespace testigo::run
