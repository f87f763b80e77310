#include "app/command.h"
#include "app/options.h"
#include "run/tap_run.h"

namespace testigo::app {

Runner add_tap(CLI::App& app, CLI::App*& command) {
  command = app.add_subcommand("tap", "stand between any client and any server, and witness every call");
  const auto options = std::make_shared<run::TapRunOptions>();
  command
      ->add_option("--listen", options->listen, "where clients connect: 127.0.0.1:50050, [::1]:0, :50050; port 0 takes a free one")
      ->required()
      ->type_name("ADDRESS");
  command->add_option("--to", options->to, "the server: host:port; its name is resolved for each connection")
      ->required()
      ->type_name("ADDRESS");
  command->add_option("--out", options->out, "folder for the evidence of runs")->capture_default_str()->type_name("DIR");
  add_duration(*command, "--for", options->time_limit, "end after this time");
  add_calls_limit(*command, "--count", "--calls", options->calls_limit);
  command->add_flag("--payloads", options->payloads, "message bodies go into the capture; else their lengths only");
  add_secret(*command, options->shown.secrets);
  add_shown(*command, options->shown);
  add_page(*command, options->page);
  command->footer(
      "Example: a client that calls 127.0.0.1:50050 is witnessed on its way to a server at 50051\n"
      "  testigo tap --listen 127.0.0.1:50050 --to localhost:50051\n\n"
      "Exit code: 0 PROVEN (gRPC by the specification), 1 BROKEN, 3 INCONCLUSIVE, 2 wrong usage, 4 the environment failed.");
  return [options] {
    run::read_schema(options->shown);
    return run::run_tap(*options);
  };
}

}  // namespace testigo::app
