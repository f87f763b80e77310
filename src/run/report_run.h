// `testigo report`: what the files of an evidence folder say, once more, in every format.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "base/clock.h"

namespace testigo::run {

struct ReportOptions {
  std::filesystem::path evidence;
  std::optional<Duration> tolerance;  // as of verify
  std::optional<Time> since;
  bool reindex = false;  // replace the ledger of a newer version, too
  bool json = false;
  std::string lang = "en";  // of report.html: "en", "es"
};

// Returns the exit code: 0 whatever the verdict is. Throws EnvironmentError, also when the ledger cannot be written; the reports
// are then.
int run_report(const ReportOptions& options);

}  // namespace testigo::run
