// The evidence of any run, judged once more by the claims of that run.
#pragma once

#include "run/judge_evidence.h"

namespace testigo::run {

// As `judge_evidence`; but evidence of `tap` or `watch` in which nobody states calls is judged as these do, with their one claim.
// What they were told to show, how messages are declared, and what was masked is not in the evidence.
report::RunReport judge_again(const EvidenceFolder& folder, const verdict::JudgeOptions& options, const Clock& clock,
                              const Hearers& hearers);

}  // namespace testigo::run
