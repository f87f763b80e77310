// How options of several commands are read.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include "base/clock.h"
#include "run/shown.h"
#include "show/page_server.h"

namespace testigo::app {

// "--for 10s" into `value`, at most 366 days; anything else is a usage error that says how durations read.
CLI::Option* add_duration(CLI::App& command, const std::string& name, Duration& value, const std::string& help);
CLI::Option* add_duration(CLI::App& command, const std::string& name, std::optional<Duration>& value, const std::string& help);
// From 1 to 2^63-1.
CLI::Option* add_count(CLI::App& command, const std::string& name, std::optional<std::uint64_t>& value, const std::string& help);
// After how many calls a run ends; `alias`, which the help leaves out, is how another command calls the option.
void add_calls_limit(CLI::App& command, const std::string& name, const std::string& alias, std::optional<std::uint64_t>& value);
// An RFC 3339 time.
CLI::Option* add_time(CLI::App& command, const std::string& name, std::optional<Time>& value, const std::string& help);

// What of the traffic is shown: --json, --quiet, --frames, --messages, --follow, which calls, and by which descriptors.
void add_shown(CLI::App& command, run::Shown& shown);

// --secret NAME
void add_secret(CLI::App& command, std::vector<std::string>& secrets);

// "127.0.0.1:8080", "[::1]:0", "8080": where the page is served. Throws CLI::ValidationError.
show::Listen page_address(const std::string& option, const std::string& text);
// --show [HOST:PORT]
void add_page(CLI::App& command, std::optional<show::Listen>& page);

}  // namespace testigo::app
