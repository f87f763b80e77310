// Long options with one dash, as grpcurl writes them too. Here one dash begins short options: `-import-path X` would be `-i
// mport-path`.
#pragma once

#include <CLI/CLI.hpp>

namespace testigo::app {

// Throws a usage error that names the option as it is written here. Before anything is parsed.
void refuse_one_dash(const CLI::App& app, int argc, const char* const* argv);

}  // namespace testigo::app
