// Which word of a command line is wrong, where the parser says it badly: it counts what it did not expect, and takes options that
// it does not know for values of others.
#pragma once

#include <string>
#include <vector>

#include <CLI/CLI.hpp>

namespace testigo::app {

// "--fro is no option of watch; did you mean --for?": of the first such option, or of a command that is none. Empty: there is none.
std::string wrong_word(const CLI::App& app, const std::vector<std::string>& words);

}  // namespace testigo::app
