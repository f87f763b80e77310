// How every run that reaches a verdict ends.
#pragma once

#include <string>

#include "report/run_report.h"
#include "run/evidence_folder.h"
#include "run/evidence_page.h"
#include "run/index_evidence.h"

namespace testigo::run {

// Says the verdict on stdout, writes the reports into the evidence, and returns the exit code: in that order, for a full disk takes
// no verdict away. Throws EnvironmentError.
int tell_verdict(const report::RunReport& report, bool json);

struct Told {
  int code = 0;
  std::string trouble;  // a line without its end: what of the ledger and the page could not be written, and what makes it
};

// The same for a folder that was judged, with the page and the ledger behind the reports. Those of two processes do not mix:
// `index` is finished, and before that no other one is begun. Throws EnvironmentError where the reports cannot be written.
Told tell_and_index(const EvidenceFolder& folder, const report::RunReport& report, bool json, EvidenceIndex& index,
                    const PageOptions& page = {});

}  // namespace testigo::run
