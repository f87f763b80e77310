#include "app/options.h"

#include <fmt/format.h>

namespace testigo::app {
namespace {

template <typename Value>
CLI::Option* add(CLI::App& command, const std::string& name, Value& value, const std::string& help) {
  return command
      .add_option_function<std::string>(
          name,
          [&value, name](const std::string& text) {
            const auto duration = parse_duration(text);
            if (!duration || *duration == Duration::zero())
              throw CLI::ValidationError(name, fmt::format("\"{}\" is no duration of this kind; write 250ms, 10s or 5m", text));
            value = *duration;
          },
          help)
      ->type_name("DURATION");
}

}  // namespace

CLI::Option* add_duration(CLI::App& command, const std::string& name, Duration& value, const std::string& help) {
  return add(command, name, value, help);
}

CLI::Option* add_duration(CLI::App& command, const std::string& name, std::optional<Duration>& value, const std::string& help) {
  return add(command, name, value, help);
}

CLI::Option* add_time(CLI::App& command, const std::string& name, std::optional<Time>& value, const std::string& help) {
  return command
      .add_option_function<std::string>(
          name,
          [&value, name](const std::string& text) {
            value = parse_rfc3339(text);
            if (!value) throw CLI::ValidationError(name, fmt::format("\"{}\" is no time; write 2026-01-02T03:04:05Z", text));
          },
          help)
      ->type_name("TIME");
}

}  // namespace testigo::app
