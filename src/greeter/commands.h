// The commands of testigo-greeter. Each adds itself to the command line and returns what runs it: an exit code.
//
// What runs throws EnvironmentError (exit code 4).
#pragma once

#include <CLI/CLI.hpp>

#include <functional>

#include "greeter/signals.h"

namespace testigo::greeter {

using Run = std::function<int(const StopSignals&)>;

Run add_server_command(CLI::App& app);
Run add_client_command(CLI::App& app);
Run add_health_command(CLI::App& app);

}  // namespace testigo::greeter
