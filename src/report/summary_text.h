// The calls of a run, a line a method: counts, latencies, and what became of those that failed.
#pragma once

#include <string>

#include "report/paint.h"
#include "verdict/call_summary.h"

namespace testigo::report {

// Ends with a line break; empty when there was no call.
std::string summary_text(const verdict::CallSummary& summary, const Paint& paint);

}  // namespace testigo::report
