#include "app/command.h"
#include "app/options.h"
#include "run/show_run.h"
#include "show/access.h"

namespace testigo::app {
Runner add_show(CLI::App& app, CLI::App*& command) {
  command = app.add_subcommand("show", "serve the page of evidence: live while its run goes on, and afterwards");
  struct Options {
    run::ShowOptions run;
    std::string listen = "127.0.0.1:0";
  };
  const auto options = std::make_shared<Options>();
  CLI::App& c = *command;
  c.add_option("EVIDENCE", options->run.evidence, "the folder of a run, or a capture file [the newest folder in evidence/]")
      ->type_name("EVIDENCE");
  c.add_option("--listen", options->listen,
               "where the page is served [127.0.0.1, any free port]; elsewhere than on loopback a token is asked for")
      ->type_name("HOST:PORT");
  c.add_option("--token", options->run.listen.token,
               "the token [elsewhere than on loopback a random one, printed with the address]")
      ->type_name("TEXT");
  add_duration(c, "--tolerance", options->run.tolerance,
               "how far a start may be from its place [as the run, else 20 % of the period, at least 20ms]");
  add_time(c, "--since", options->run.since, "judge only calls that started at or after this time [as the run]");
  c.footer(
      "It prints the address of the page, and serves it until Ctrl-C. Whoever else writes the evidence, it is read as it grows.\n\n"
      "Examples:\n"
      "  testigo show\n"
      "  testigo show evidence/20260102T030405Z-verify --listen 127.0.0.1:8080\n"
      "  testigo show trace.pcapng\n\n"
      "Exit code: 0 ended by a signal, 2 wrong usage, 4 the environment failed.");
  return [options] {
    constexpr std::string_view kOfTokens = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.";
    if (options->run.listen.token.find_first_not_of(kOfTokens) != std::string::npos) {
      throw CLI::ValidationError("--token", "a token has letters, digits, '-', '_' and '.' only");
    }
    const std::string token = std::move(options->run.listen.token);
    options->run.listen = page_address("--listen", options->listen);
    constexpr std::size_t kTokenBytesMin = 16;
    if (!token.empty() && token.size() < kTokenBytesMin && !show::is_loopback(options->run.listen.host)) {
      throw CLI::ValidationError(
          "--token", "elsewhere than on loopback a token has 16 characters or more; without the option a random one is made");
    }
    options->run.listen.token = token;
    return run::run_show(options->run);
  };
}

}  // namespace testigo::app
