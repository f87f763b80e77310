// report.json, and the last line of every run with --json. The schema is docs/formats/report.md.
#pragma once

#include <nlohmann/json.hpp>

#include "report/run_report.h"

namespace testigo::report {

nlohmann::ordered_json verdict_json(const RunReport& report);

// One finding, as it stands in the report and, with "type": "finding", among the lines of a run with --json.
nlohmann::ordered_json finding_json(const check::Finding& finding);

}  // namespace testigo::report
