#include "run/report_run.h"

#include "base/clock.h"
#include "base/environment_error.h"
#include "ledger/reader.h"
#include "run/index_evidence.h"
#include "run/judge_again.h"
#include "run/shutdown.h"
#include "run/strictness.h"
#include "run/tell_verdict.h"

namespace testigo::run {

int run_report(const ReportOptions& options) {
  const SystemClock clock;
  ignore_broken_pipes();
  const EvidenceFolder folder = EvidenceFolder::open(options.evidence, "report wants the folder of a run");
  verdict::JudgeOptions chosen;
  chosen.tolerance = options.tolerance;
  chosen.since = options.since;
  const verdict::JudgeOptions strictness = strictness_of(folder, chosen);
  if (!options.reindex) ledger::refuse_newer(folder.ledger());
  // Also where it looks up to date: its file is as untrusted as any, and the page says nothing that the judge does not.
  EvidenceIndex index(folder, strictness, clock, options.reindex ? Newer::Replace : Newer::Keep);
  const report::RunReport report = judge_again(folder, strictness, clock, index.hearers());
  const Told told = tell_and_index(folder, report, options.json, index, {.lang = options.lang});
  if (!told.trouble.empty()) throw EnvironmentError(told.trouble);
  return 0;
}

}  // namespace testigo::run
