#include "run/call_lines.h"

#include <fmt/format.h>

#include "report/verdict_json.h"
#include "run/terminal.h"

namespace testigo::run {

std::string_view CallText::of(const call::CallClosed& closed) {
  if (!json_) return line_.of(closed.connection, closed.call);
  json_line_ = report::call_json(closed.connection, closed.call) + '\n';
  return json_line_;
}

CallLines::CallLines(std::FILE* out, bool json, report::Paint paint) : out_(out), json_(json), paint_(paint), text_(json, paint) {}

void CallLines::on_call(const call::CallClosed& closed) {
  const std::string_view prepared = std::exchange(prepared_, {});
  put(out_, prepared.empty() ? text_.of(closed) : prepared);
}

void CallLines::on_withdrawn(const call::ConnectionView& connection) {
  put(out_, json_ ? report::withdrawn_json(connection) + "\n"
                  : fmt::format("connection {}: the client broke a rule, so that methods inferred since its last gap do not hold\n",
                                connection.number));
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
  put(out_,
      fmt::format("{} {}  {}  {} ({})\n", finding.severity == check::Severity::Error ? paint_.red(grade) : paint_.yellow(grade),
                  finding.check, report::place_text(finding.spot.place), finding.text, finding.clause));
}

}  // namespace testigo::run
