#include <algorithm>
#include <array>
#include <map>

#include "app/command.h"
#include "app/options.h"
#include "run/verify_run.h"

namespace testigo::app {
namespace {

// The server has the last word; this is said before anything is started.
std::string check_misbehaviour(const std::string& text) {
  static constexpr std::array<std::string_view, 6> kModes = {"wrong-name", "swap", "swallow", "swallow-silently", "twice", "slow"};
  const std::size_t colon = std::min(text.find(':'), text.size());
  const std::string number = colon < text.size() ? text.substr(colon + 1) : "1";
  const bool digits = !number.empty() && number.size() < 10 && number.find_first_not_of("0123456789") == std::string::npos;
  const bool counts = digits && number.find_first_not_of('0') != std::string::npos;
  if (counts && std::ranges::find(kModes, text.substr(0, colon)) != kModes.end()) return {};
  return "\"" + text + "\" is none of wrong-name, swap, swallow, swallow-silently, twice and slow, with :N, from 1, or without";
}

// What a run does that is over cannot be chosen.
void refuse_options_of_a_run(const CLI::App& command) {
  for (const char* option :
       {"--for", "--clients", "--every", "--kind", "--payload-bytes", "--deadline", "--tls", "--host", "--wire", "--out"}) {
    if (command.count(option) == 0) continue;
    throw CLI::ValidationError(option, "it is about how a run is made, and --evidence judges one that is over");
  }
}

}  // namespace

Runner add_verify(CLI::App& app, CLI::App*& command) {
  command = app.add_subcommand("verify",
                               "prove that clients and a server communicate correctly: three witnesses, eight claims, a verdict");
  const auto options = std::make_shared<run::VerifyOptions>();
  CLI::App& c = *command;
  add_duration(c, "--for", options->run_time, "how long the clients call [10s]");
  c.add_option("--clients", options->clients, "how many clients")->capture_default_str()->check(CLI::Range(1, 1000));
  add_duration(c, "--every", options->every, "the period of each client [500ms]");
  c.add_option("--kind", options->kind, "unary, server-stream, client-stream or bidi")
      ->capture_default_str()
      ->check(CLI::IsMember({"unary", "server-stream", "client-stream", "bidi"}));
  c.add_option("--payload-bytes", options->payload_bytes, "ballast of each message")
      ->capture_default_str()
      ->check(CLI::Range(0, 4193280));
  add_duration(c, "--deadline", options->deadline, "of each call [5s]");
  auto* tls = c.add_flag("--tls", options->tls, "over TLS; claims 6 and 7 are then inconclusive, for the wire shows ciphertext");
  c.add_option("--host", options->host, "address of this machine for the server and the tap: 127.0.0.1 or ::1")
      ->capture_default_str();
  static const std::map<std::string, run::WireChoice> places = {
      {"auto", run::WireChoice::Auto}, {"listen", run::WireChoice::Listen}, {"tap", run::WireChoice::Tap}};
  c.add_option_function<std::string>(
       "--wire", [options](const std::string& place) { options->wire = places.at(place); },
       "where the wire witness stands: listen (beside, on the loopback interface: needs CAP_NET_RAW), tap (between), or "
       "auto: listen where it may and all traffic is our own")
      ->check(CLI::IsMember(places))
      ->default_str("auto");
  auto* misbehave =
      c.add_option("--misbehave", options->misbehave, "let the server lie: MODE[:N] of `testigo-greeter server --help`")
          ->check(check_misbehaviour)
          ->type_name("MODE");
  auto* target = c.add_option("--target", options->target, "use a greeter that runs already, at host:port")->type_name("ADDRESS");
  const auto payloads = std::make_shared<bool>(false);
  c.add_flag("--payloads", *payloads, "with --target and --wire listen: message bodies of its other clients may be written, too")
      ->needs(target);
  c.add_option("--server-statements", options->server_statements,
               "the statements of that greeter; without them claims 4 and 8 are inconclusive")
      ->needs(target)
      ->check(CLI::ExistingFile)
      ->type_name("FILE");
  c.add_option("--cacert", options->cacert, "with --target and --tls: the certificates to trust")
      ->needs(target)
      ->needs(tls)
      ->check(CLI::ExistingFile)
      ->type_name("FILE");
  auto* evidence = c.add_option("--evidence", options->evidence, "judge the evidence of an earlier run, or collected elsewhere")
                       ->type_name("DIR");
  add_duration(c, "--after", options->after, "with --evidence: first wait until the clients' statements cover this time")
      ->needs(evidence);
  add_duration(c, "--repeat", options->repeat, "with --evidence: judge again every …, until Ctrl-C")->needs(evidence);
  c.add_flag("--shared-server", options->shared_server,
             "with --evidence: the server also served others, whose calls are out of scope (--target says so by itself)");
  add_duration(c, "--tolerance", options->tolerance,
               "how far a start may be from its place [20 % of the period, at least 20ms; with --evidence as its run]");
  add_time(c, "--since", options->since, "judge only calls that started at or after this time [all; with --evidence as its run]");
  c.add_option("--out", options->out, "folder for the evidence of runs")->capture_default_str()->type_name("DIR");
  c.add_flag("--json", options->json, "the verdict as one line of JSON");
  add_page(c, options->page);
  c.get_option("--show")->excludes(evidence);
  misbehave->excludes(target);
  evidence->excludes(target)->excludes(misbehave);
  c.footer(
      "Examples:\n"
      "  testigo verify                                  a server, two clients, 10 seconds\n"
      "  testigo verify --misbehave swap                 the same, and the server lies\n"
      "  testigo verify --kind bidi --clients 5 --for 3s\n"
      "  testigo verify --evidence evidence/20260102T030405Z-verify\n\n"
      "Exit code: 0 PROVEN, 1 BROKEN, 3 INCONCLUSIVE, 2 wrong usage, 4 the environment failed.");
  return [&c, options, payloads] {
    if (options->evidence) refuse_options_of_a_run(c);
    if (options->wire == run::WireChoice::Listen && options->target && !*payloads) {
      throw CLI::ValidationError("--wire listen",
                                 "with --target it hears whoever calls there; --payloads allows to write their message bodies, and "
                                 "--wire tap hears our clients alone");
    }
    return run::run_verify(*options);
  };
}

}  // namespace testigo::app
