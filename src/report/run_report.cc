#include "report/run_report.h"

#include <unistd.h>

#include <algorithm>

#include "base/file.h"
#include "report/junit.h"
#include "report/verdict_json.h"
#include "report/verdict_markdown.h"
#include "report/verdict_text.h"

namespace testigo::report {

std::vector<Found> found_by_grade(const check::Tally& checks) {
  std::vector<Found> all;
  for (const check::Finding& finding : checks.findings) {
    auto at = std::ranges::find_if(all, [&](const Found& found) { return found.first->check == finding.check; });
    while (at != all.end() && at->first->check == finding.check && at->first->severity < finding.severity) ++at;
    if (at != all.end() && at->first->check == finding.check && at->first->severity == finding.severity) {
      ++at->times;
    } else {
      all.insert(at, {&finding, 1});
    }
  }
  for (Found& found : all) {  // not all are kept
    const auto counted = checks.grades.find(found.first->check);
    if (counted != checks.grades.end()) found.times = counted->second[static_cast<std::size_t>(found.first->severity)];
  }
  return all;
}

// First what the others go by: where it cannot be written, all of what is there stays. No page of an older verdict stays beside it.
void write_reports(const RunReport& report) {
  write_file(report.evidence / "report.json",
             verdict_json(report).dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n");
  ::unlink((report.evidence / "report.html").c_str());
  TextOptions options;
  options.exhibits = options.in_full = verdict::kExhibitsKept;
  const std::string heading = "testigo " + report.version + " " + report.command + ", judged " + to_rfc3339(report.judged) + "\n\n";
  write_file(report.evidence / "report.txt", heading + verdict_text(report, options));
  write_file(report.evidence / "report.xml", junit(report));
  write_file(report.evidence / "report.md", verdict_markdown(report));
}

int exit_code(verdict::Outcome outcome) {
  switch (outcome) {
    case verdict::Outcome::Proven:
      return 0;
    case verdict::Outcome::Broken:
      return 1;
    case verdict::Outcome::Inconclusive:
      return 3;
  }
  return 3;
}

}  // namespace testigo::report
