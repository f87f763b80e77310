// `testigo tap`: carries traffic, prints a line a call, and gives the verdict at its end.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "base/clock.h"
#include "run/shown.h"
#include "show/page_server.h"

namespace testigo::run {

struct TapRunOptions {
  std::string listen;
  std::string to;
  std::filesystem::path out = "evidence";
  std::optional<Duration> time_limit;
  std::optional<std::uint64_t> calls_limit;
  bool payloads = false;             // message bodies go into the capture
  Shown shown;                       // its `secrets` are masked in the capture, too
  std::optional<show::Listen> page;  // where it is served while the run goes on, and until a signal afterwards
};

// Runs until a limit is reached or a signal asks it to end. Returns the exit code. Throws EnvironmentError.
int run_tap(const TapRunOptions& options);

}  // namespace testigo::run
