#include "app/one_dash.h"

#include <algorithm>
#include <span>
#include <string>
#include <string_view>
#include <utility>

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
  bool is_value = false;
  for (std::string& word : std::span(words).subspan(words.empty() ? 0 : 1)) {
    if (std::exchange(is_value, false)) continue;
    if (word == "--") break;
    if (command == &app) command = &command_of(app, word);
    const bool one_dash = word.size() > 2 && word[0] == '-' && word[1] != '-';
    if (one_dash && command->get_option_no_throw("-" + word.substr(0, word.find('='))) != nullptr) word.insert(0, 1, '-');
    const CLI::Option* const option = command->get_option_no_throw(word);
    is_value = word.starts_with('-') && option != nullptr && option->get_items_expected_min() > 0;  // else no value begins with -
  }
  return words;
}

}  // namespace testigo::app
