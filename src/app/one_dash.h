// Long options with one dash, as grpcurl writes them too: `-import-path X`. To CLI11 that would be `-i mport-path`.
#pragma once

#include <string>
#include <vector>

#include <CLI/CLI.hpp>

namespace testigo::app {

// The words, but long options of the command with two dashes.
std::vector<std::string> with_two_dashes(const CLI::App& app, int argc, const char* const* argv);

}  // namespace testigo::app
