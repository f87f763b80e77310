#include "app/wrong_word.h"

#include <algorithm>
#include <string_view>

#include <fmt/format.h>

#include "base/edit_distance.h"
#include "base/inert.h"

namespace testigo::app {
namespace {

constexpr std::size_t kWordBytesMax = 40;  // a longer one is near to nothing
constexpr std::size_t kNamedMax = 3;       // more would be no hint

// A third of it: in a short word each letter says much.
std::size_t distance_max(std::string_view word) { return word.size() < 2 ? 0 : word.size() < 6 ? 1 : 2; }

// Those that begin so, else the nearest. Empty: none is near, or too many are.
std::vector<std::string> nearest(std::string_view word, const std::vector<std::string>& names) {
  if (word.size() > kWordBytesMax) return {};
  std::vector<std::string> near;
  std::size_t least = distance_max(word);
  for (const std::string& name : names) {
    const bool begun = word.size() > 1 && name.starts_with(word);
    const std::size_t far = begun ? 0 : edit_distance(word, name);
    if (far > least) continue;
    if (far < least) near.clear();
    least = far;
    near.push_back(name);
  }
  return near.size() > kNamedMax ? std::vector<std::string>() : near;
}

// "--folder or --follow"
std::string one_of(const std::vector<std::string>& names, std::string_view dashes) {
  std::string text;
  for (const std::string& name : names) {
    text += text.empty() ? "" : &name == &names.back() ? " or " : ", ";
    text += dashes;
    text += name;
  }
  return text;
}

std::vector<std::string> long_options(const CLI::App& command) {
  std::vector<std::string> names;
  for (const CLI::Option* option : command.get_options())
    names.insert(names.end(), option->get_lnames().begin(), option->get_lnames().end());
  return names;
}

std::vector<const CLI::App*> commands(const CLI::App& app) {
  return app.get_subcommands([](const CLI::App*) { return true; });
}

// Null: none has this name.
const CLI::App* command_of(const CLI::App& app, std::string_view word) {
  const auto all = commands(app);
  const auto named = std::ranges::find_if(all, [word](const CLI::App* command) { return command->get_name() == word; });
  return named == all.end() ? nullptr : *named;
}

// `--json=x` is of --json, `-qi` of -q.
const CLI::Option* option_of(const CLI::App& command, const std::string& word) {
  const bool letters = word[1] != '-';
  return command.get_option_no_throw(letters ? word.substr(0, 2) : word.substr(0, word.find('=')));
}

std::string complaint(std::string_view word, std::string_view what, std::string_view of, std::string_view near) {
  return fmt::format("{} is no {} of {}{}", inert(word, kWordBytesMax), what, of,
                     near.empty() ? "" : fmt::format("; did you mean {}?", near));
}

std::string wrong_command(const CLI::App& app, std::string_view word) {
  std::vector<std::string> names;
  for (const CLI::App* command : commands(app)) names.push_back(command->get_name());
  return complaint(word, "command", app.get_name(), one_of(nearest(word, names), ""));
}

std::string wrong_option(const CLI::App& command, std::string_view word) {
  const std::string_view name = word.substr(0, word.find('='));
  const std::vector<std::string> near =
      nearest(name.substr(std::min(name.find_first_not_of('-'), name.size())), long_options(command));
  return complaint(name, "option", command.get_name(), one_of(near, "--"));
}

}  // namespace

std::string wrong_word(const CLI::App& app, const std::vector<std::string>& words) {
  const CLI::App* command = &app;
  for (std::size_t i = 1; i < words.size() && words[i] != "--"; ++i) {
    const std::string& word = words[i];
    const bool is_option = word.size() > 1 && word[0] == '-';
    if (!is_option && command == &app) {
      command = command_of(app, word);
      if (command == nullptr) return wrong_command(app, word);
    }
    if (!is_option) continue;
    const CLI::Option* const option = option_of(*command, word);
    if (option == nullptr) return wrong_option(*command, word);
    const bool holds_value = word[1] == '-' ? word.find('=') != std::string::npos : word.size() > 2;
    const bool takes_any = option->get_items_expected_min() > 0;  // also what looks like an option
    if (!holds_value && takes_any) ++i;
  }
  return {};
}

}  // namespace testigo::app
