// `testigo show`: the page of evidence, while it is collected and afterwards.
#pragma once

#include <filesystem>
#include <optional>

#include "base/clock.h"
#include "show/page_server.h"

namespace testigo::run {

struct ShowOptions {
  std::filesystem::path evidence;  // a folder, or a capture; empty: the newest one below `evidence_parent`
  std::filesystem::path evidence_parent = "evidence";
  show::Listen listen;
  std::optional<Duration> tolerance;  // as of verify
  std::optional<Time> since;
};

// Until a signal ends it; returns the exit code, 0. Throws EnvironmentError.
int run_show(const ShowOptions& options);

}  // namespace testigo::run
