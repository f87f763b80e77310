// A command of testigo: its options in, a run out.
#pragma once

#include <functional>
#include <memory>

#include <CLI/CLI.hpp>

namespace testigo::app {

// Called when its command was chosen and its options are right. Returns the exit code.
using Runner = std::function<int()>;

// Each adds its subcommand and gives what to run.
Runner add_explain(CLI::App& app, CLI::App*& command);
Runner add_report(CLI::App& app, CLI::App*& command);
Runner add_show(CLI::App& app, CLI::App*& command);
Runner add_tap(CLI::App& app, CLI::App*& command);
Runner add_verify(CLI::App& app, CLI::App*& command);
Runner add_watch(CLI::App& app, CLI::App*& command);

}  // namespace testigo::app
