// How options of several commands are read.
#pragma once

#include <optional>
#include <string>

#include <CLI/CLI.hpp>

#include "base/clock.h"
#include "run/shown.h"

namespace testigo::app {

// "--for 10s" into `value`; anything else is a usage error that says how durations read.
CLI::Option* add_duration(CLI::App& command, const std::string& name, Duration& value, const std::string& help);
CLI::Option* add_duration(CLI::App& command, const std::string& name, std::optional<Duration>& value, const std::string& help);
// An RFC 3339 time.
CLI::Option* add_time(CLI::App& command, const std::string& name, std::optional<Time>& value, const std::string& help);

// What of the traffic is shown: --json, --quiet, --frames, --messages, --follow, which calls, and by which descriptors.
void add_shown(CLI::App& command, run::Shown& shown);

}  // namespace testigo::app
