// report.md: the verdict for a pull request. What a wire, a file or a peer said stands as code, so that nothing in it is markup,
// a link or a mention.
#pragma once

#include <string>

#include "report/run_report.h"

namespace testigo::report {

std::string verdict_markdown(const RunReport& report);

}  // namespace testigo::report
