#include "app/one_dash.h"

#include <algorithm>
#include <span>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include "base/usage_error.h"

namespace testigo::app {
namespace {

const CLI::App& command_of(const CLI::App& app, std::string_view word) {
  const auto commands = app.get_subcommands([](const CLI::App*) { return true; });
  const auto named = std::ranges::find_if(commands, [word](const CLI::App* command) { return command->get_name() == word; });
  return named == commands.end() ? app : **named;
}

}  // namespace

void refuse_one_dash(const CLI::App& app, int argc, const char* const* argv) {
  const CLI::App* command = &app;
  for (const std::string_view word : std::span(argv, static_cast<std::size_t>(argc)).subspan(argc == 0 ? 0 : 1)) {
    if (word == "--") return;
    if (command == &app) command = &command_of(app, word);
    if (word.size() < 3 || word[0] != '-' || word[1] == '-') continue;
    const std::string_view name = word.substr(1, word.find('=') - 1);
    if (command->get_option_no_throw("--" + std::string(name)) == nullptr) continue;
    throw UsageError(fmt::format("-{0} has one dash, which is for options of one letter; write --{0}", name));
  }
}

}  // namespace testigo::app
