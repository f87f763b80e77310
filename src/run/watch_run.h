// `testigo watch -i IFACE`: listens on an interface, prints a line a call, and gives the verdict at its end.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include "base/clock.h"
#include "capture/rotation.h"
#include "run/shown.h"
#include "show/page_server.h"

namespace testigo::run {

struct WatchOptions {
  std::string interface;
  std::string filter;  // BPF; empty: all TCP
  std::filesystem::path out = "evidence";
  std::filesystem::path folder;  // into this one instead, beside what others collect there
  std::optional<Duration> time_limit;
  std::optional<std::uint64_t> calls_limit;
  bool write = false;                // wire.pcapng
  bool payloads = false;             // with message bodies
  capture::Rotation rotation;        // of wire.pcapng
  Shown shown;                       // its `secrets` are masked in the capture, too
  std::optional<show::Listen> page;  // with `write`: where it is served while the run goes on, and until a signal afterwards
};

// Runs until a limit is reached, a signal asks it to end, or the interface vanishes. Returns the exit code. Throws
// EnvironmentError, and UsageError for a filter that is none.
int run_watch(const WatchOptions& options);

}  // namespace testigo::run
