// What the commands' options share: checks with one clear line, and texts that read the same everywhere.
#pragma once

#include <CLI/CLI.hpp>

#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <string>

#include "base/clock.h"
#include "greeter/call_log.h"
#include "greeter/credentials.h"
#include "greeter/statement_sink.h"

namespace testigo::greeter {

constexpr int kDone = 0;
constexpr int kFailed = 1;
constexpr int kWrongUsage = 2;
constexpr int kEnvironmentFailed = 4;

// Each throws CLI::ValidationError, which main tells as wrong usage.
void add_duration(CLI::App& app, const std::string& option, Duration& to, const std::string& help);
void add_duration(CLI::App& app, const std::string& option, std::optional<Duration>& to, const std::string& help);
struct NumberRange {
  std::uint64_t least = 1;
  std::uint64_t most = std::numeric_limits<std::uint64_t>::max();
};
CLI::Option* add_number(CLI::App& app, const std::string& option, NumberRange range, std::function<void(std::uint64_t)> set,
                        const std::string& help);
void add_name(CLI::App& app, std::string& to, const std::string& help);
void add_log_format(CLI::App& app, LogFormat& to);
void add_statements(CLI::App& app, StatementOptions& to);
void add_target(CLI::App& app, std::string& to);
void add_client_tls(CLI::App& app, ClientTls& to);

}  // namespace testigo::greeter
