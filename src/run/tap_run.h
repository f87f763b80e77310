// `testigo tap`: carries traffic, prints a line a call, and gives the verdict at its end.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"

namespace testigo::run {

struct TapRunOptions {
  std::string listen;
  std::string to;
  std::filesystem::path out = "evidence";
  std::optional<Duration> time_limit;
  std::optional<std::uint64_t> calls_limit;
  bool payloads = false;             // message bodies go into the capture
  std::vector<std::string> secrets;  // names of fields to mask, beside those that always are
  bool json = false;
  bool quiet = false;  // no line a call
};

// Runs until a limit is reached or a signal asks it to end. Returns the exit code. Throws EnvironmentError.
int run_tap(const TapRunOptions& options);

}  // namespace testigo::run
