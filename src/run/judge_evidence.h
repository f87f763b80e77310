// Judges what an evidence folder holds, whoever collected it: every verdict of `verify` is made here, from the files alone.
#pragma once

#include <string>
#include <vector>

#include "base/clock.h"
#include "report/run_report.h"
#include "run/evidence_folder.h"
#include "verdict/judge.h"

namespace testigo::run {

// `notes` of the collecting run are added to the verdict's. Throws EnvironmentError for what cannot be read.
report::RunReport judge_evidence(const EvidenceFolder& folder, const verdict::JudgeOptions& options, const Clock& clock,
                                 std::vector<std::string> notes = {});

}  // namespace testigo::run
