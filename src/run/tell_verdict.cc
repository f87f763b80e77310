#include "run/tell_verdict.h"

#include <cstdio>
#include <exception>

#include <fmt/format.h>

#include "base/inert.h"
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

Told tell_and_index(const EvidenceFolder& folder, const report::RunReport& report, bool json, EvidenceIndex& index,
                    const PageOptions& page) {
  Told told = {.code = tell_verdict(report, json), .trouble = {}};
  const std::string again = fmt::format("`testigo report {}", inert(folder.path().string()));
  bool has_page = false;
  const bool indexed = index.finish(report, [&](const std::filesystem::path& ledger) {
    try {
      write_page(folder, report, ledger, page);
      has_page = true;
    } catch (const std::exception& error) {
      told.trouble = fmt::format("report.html could not be written: {}; {}` makes it", error.what(), again);
    }
  });
  if (!indexed && has_page) {
    told.trouble = fmt::format("ledger.db could not be written: {}; {} --reindex` makes it", index.trouble(), again);
  } else if (!indexed) {
    told.trouble = fmt::format(
        "ledger.db could not be written: {}; nor could report.html, which is made from it, and an older one "
        "is removed; {} --reindex` makes both",
        index.trouble(), again);
  }
  return told;
}

}  // namespace testigo::run
