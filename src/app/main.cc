#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <exception>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "app/command.h"
#include "app/one_dash.h"
#include "app/wrong_word.h"
#include "base/environment_error.h"
#include "base/inert.h"
#include "base/usage_error.h"
#include "run/descriptor_limit.h"
#include "run/terminal.h"
#include "run/version.h"

namespace {

constexpr int kWrongUsage = 2;
constexpr int kEnvironmentFailed = 4;

// Who prints much hands it to the system in large pieces. (A size without a buffer is passed over by glibc.)
void print_in_large_pieces() {
  static std::array<char, 64 << 10> buffer;  // until stdout is flushed at the very end
  if (!testigo::run::is_terminal(stdout)) std::setvbuf(stdout, buffer.data(), _IOFBF, buffer.size());
}

// A descriptor of these three that is closed would become that of the next file, and what is told would stand in it.
void open_what_is_closed() {
  while (true) {
    const int descriptor = ::open("/dev/null", O_RDWR | O_CLOEXEC);
    if (descriptor < 0) return;
    if (descriptor > STDERR_FILENO) {
      ::close(descriptor);
      return;
    }
  }
}

// What could not be told is no success. Whose reader has gone wanted no more.
int told(int code) {
  if (std::fflush(stdout) == 0 && std::ferror(stdout) == 0) return code;
  if (testigo::run::reader_is_gone(stdout)) return code;
  fmt::print(stderr, "testigo: cannot write to the standard output\n");
  return kEnvironmentFailed;
}

// --help and --version are no errors; every other complaint of the parser is wrong usage, told in one line.
int complain(const CLI::App& app, const CLI::ParseError& error, const std::vector<std::string>& words) {
  if (error.get_exit_code() == 0) return told(app.exit(error));
  const CLI::App* at = &app;
  while (!at->get_subcommands().empty()) at = at->get_subcommands().front();
  const std::string wrong = testigo::app::wrong_word(app, words);
  fmt::print(stderr, "testigo: {}; see `{} --help`\n", wrong.empty() ? testigo::inert_lines(error.what()) : wrong,
             at == &app ? "testigo" : "testigo " + at->get_name());
  return kWrongUsage;
}

}  // namespace

int main(int argc, char** argv) {
  open_what_is_closed();
  print_in_large_pieces();
  testigo::run::raise_descriptor_limit();
  CLI::App app("Testigo gives a verdict on gRPC communication, and shows you the bytes.", "testigo");
  app.set_version_flag("--version", fmt::format("testigo {}", testigo::run::kVersion));
  app.require_subcommand(1);
  app.get_formatter()->column_width(34);
  CLI::App* verify = nullptr;
  CLI::App* watch = nullptr;
  CLI::App* tap = nullptr;
  CLI::App* report = nullptr;
  CLI::App* show = nullptr;
  CLI::App* explain = nullptr;
  const testigo::app::Runner run_verify = testigo::app::add_verify(app, verify);
  const testigo::app::Runner run_watch = testigo::app::add_watch(app, watch);
  const testigo::app::Runner run_tap = testigo::app::add_tap(app, tap);
  const testigo::app::Runner run_report = testigo::app::add_report(app, report);
  const testigo::app::Runner run_show = testigo::app::add_show(app, show);
  const testigo::app::Runner run_explain = testigo::app::add_explain(app, explain);
  std::vector<std::string> words;
  try {
    words = testigo::app::with_two_dashes(app, argc, argv);
    std::vector<char*> parsed(words.size());
    std::ranges::transform(words, parsed.begin(), [](std::string& word) { return word.data(); });
    app.parse(static_cast<int>(parsed.size()), parsed.data());
    if (verify->parsed()) return told(run_verify());
    if (explain->parsed()) return told(run_explain());
    if (report->parsed()) return told(run_report());
    if (show->parsed()) return told(run_show());
    return told(watch->parsed() ? run_watch() : run_tap());
  } catch (const CLI::ParseError& error) {
    return complain(app, error, words);
  } catch (const testigo::UsageError& error) {
    fmt::print(stderr, "testigo: {}\n", testigo::inert_lines(error.what()));
    return kWrongUsage;
  } catch (const testigo::EnvironmentError& error) {
    fmt::print(stderr, "testigo: {}\n", testigo::inert_lines(error.what()));
    return kEnvironmentFailed;
  } catch (const std::exception& error) {  // the standard library's own word on the environment: a path, the memory
    fmt::print(stderr, "testigo: {}\n", testigo::inert_lines(error.what()));
    return kEnvironmentFailed;
  }
}
