// How every run that reaches a verdict ends.
#pragma once

#include "report/run_report.h"

namespace testigo::run {

// Says the verdict on stdout, writes the reports into the evidence, and returns the exit code: in that order, for a full disk takes
// no verdict away. Throws EnvironmentError.
int tell_verdict(const report::RunReport& report, bool json);

}  // namespace testigo::run
