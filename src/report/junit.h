// report.xml: JUnit, a test case a claim. A broken claim is a failure, an inconclusive one an error.
#pragma once

#include <string>

#include "report/run_report.h"

namespace testigo::report {

std::string junit(const RunReport& report);

}  // namespace testigo::report
