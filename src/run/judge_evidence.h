// Judges what an evidence folder holds, whoever collected it: every verdict of `verify` is made here, from the files alone.
#pragma once

#include <optional>

#include "base/clock.h"
#include "report/run_report.h"
#include "run/evidence_folder.h"
#include "run/run_record.h"
#include "verdict/judge.h"

namespace testigo::run {

// What the collecting run knew is read from its run.json, or is `unwritten` where the disk would not take it. Its notes are added
// to the verdict's. Throws EnvironmentError for what cannot be read.
report::RunReport judge_evidence(const EvidenceFolder& folder, verdict::JudgeOptions options, const Clock& clock,
                                 const std::optional<RunRecord>& unwritten = {});

}  // namespace testigo::run
