#include "run/tell_verdict.h"

#include <cstdio>

#include "report/verdict_json.h"
#include "report/verdict_text.h"
#include "run/terminal.h"

namespace testigo::run {

int tell_verdict(const report::RunReport& report, bool json) {
  if (json) {
    put(stdout, report::verdict_json(report).dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n");
  } else {
    put(stdout, report::verdict_text(report, {paint_for(stdout), 3}));
  }
  std::fflush(stdout);
  if (!report.evidence.empty()) report::write_reports(report);
  return report::exit_code(report.verdict.outcome);
}

}  // namespace testigo::run
