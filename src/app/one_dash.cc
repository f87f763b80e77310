#include "app/one_dash.h"

#include <algorithm>
#include <span>
#include <string>
#include <string_view>

namespace testigo::app {
namespace {

const CLI::App& command_of(const CLI::App& app, std::string_view word) {
  const auto commands = app.get_subcommands([](const CLI::App*) { return true; });
  const auto named = std::ranges::find_if(commands, [word](const CLI::App* command) { return command->get_name() == word; });
  return named == commands.end() ? app : **named;
}

}  // namespace

std::vector<std::string> with_two_dashes(const CLI::App& app, int argc, const char* const* argv) {
  std::vector<std::string> words(argv, argv + argc);
  const CLI::App* command = &app;
  for (std::string& word : std::span(words).subspan(words.empty() ? 0 : 1)) {
    if (word == "--") break;
    if (command == &app) command = &command_of(app, word);
    if (word.size() < 3 || word[0] != '-' || word[1] == '-') continue;
    if (command->get_option_no_throw("-" + word.substr(0, word.find('='))) != nullptr) word.insert(0, 1, '-');
  }
  return words;
}

}  // namespace testigo::app
