#include "app/command.h"
#include "app/options.h"
#include "run/read_run.h"
#include "run/watch_lock.h"
#include "run/watch_run.h"
#include "run/workers.h"

namespace testigo::app {
namespace {

// A folder that is written for weeks: what is kept of it, and whether somebody writes.
void add_folder(CLI::App& command, run::WatchOptions& options, bool& health) {
  auto* folder =
      command.add_option("--folder", options.folder, "write into this folder, which others may write into, instead of a new one")
          ->type_name("DIR");
  folder->excludes(command.get_option("--out"));
  auto* write = command.get_option("--write");
  auto* bytes = command
                    .add_option("--rotate-bytes", options.rotation.bytes_max,
                                "with --write: when wire.pcapng would grow beyond it, it becomes wire.pcapng.1, and so on [never]")
                    ->needs(write)
                    ->check(CLI::Range(std::size_t{100'000}, std::size_t{1} << 40))
                    ->type_name("BYTES");
  command
      .add_option("--rotate-files", options.rotation.files_max,
                  "so many older captures are kept; the oldest beyond are deleted [all]")
      ->needs(bytes)
      ->check(CLI::Range(1, 10'000))
      ->type_name("N");
  command.add_flag("--health", health, "only tell by the exit code whether a watch listens and writes into --folder: 0, or 1")
      ->needs(folder);
}

// What is read from files is not listened to; what is kept of it is a copy.
void add_files(CLI::App& command, run::ReadOptions& options) {
  auto* option =
      command.add_option("FILE", options.files, "captures to read, pcapng or pcap, also compressed by gzip; -: the standard input")
          ->type_name("FILE");
  command
      .add_option(
          "--keep", options.keep,
          "with FILE: copy to this capture the connections with a call that is shown, whole, secrets masked, without bodies")
      ->needs(option)
      ->type_name("OUT");
  command
      .add_option("--workers", options.workers,
                  "with FILE: so many threads follow connections, and tell the same [as many as there are cores]; one with "
                  "--frames, --messages, "
                  "--follow, --protoset, --proto, --other-side")
      ->needs(option)
      ->check(CLI::Range(std::size_t{1}, run::Workers::kThreadsMax))
      ->type_name("N");
  for (const char* live : {"--interface", "--filter", "--for", "--calls", "--count", "--write", "--out", "--folder", "--show"}) {
    option->excludes(command.get_option(live));
  }
  command
      .add_option("--other-side", options.other_side,
                  "a capture of the other side of a proxy, toward the server, where FILE is toward the client: calls are paired by "
                  "their contents, and what the proxy did to them is judged; may be repeated, for the parts of one capture")
      ->allow_extra_args(false)
      ->needs(option)
      ->type_name("FILE");
}

int watch(run::WatchOptions& options, run::ReadOptions reading, bool health) {
  if (health) return run::is_listening(options.folder) ? 0 : 1;
  if (options.payloads && !options.write && !reading.keep) throw CLI::RequiresError("--payloads", "--write or --keep");
  run::read_schema(options.shown);
  reading.shown = options.shown;
  reading.payloads = options.payloads;
  if (!reading.files.empty()) return run::run_read(reading);
  if (options.interface.empty()) throw CLI::RequiredError("-i,--interface or FILE");
  return run::run_watch(options);
}

}  // namespace

Runner add_watch(CLI::App& app, CLI::App*& command) {
  command = app.add_subcommand("watch", "witness every call in captures, or on a network interface, on any port");
  const auto options = std::make_shared<run::WatchOptions>();
  command->add_option("-i,--interface", options->interface, "where to listen: lo, eth0; any: everywhere")->type_name("IFACE");
  command->add_option("--filter", options->filter, "what to listen to, as pcap-filter(7) writes it: \"port 50051\" [all TCP]")
      ->type_name("BPF");
  add_duration(*command, "--for", options->time_limit, "end after this time");
  add_calls_limit(*command, "--calls", "--count", options->calls_limit);
  command->add_flag("--write", options->write, "keep all packets in wire.pcapng, whatever is shown, without message bodies");
  add_page(*command, options->page);
  command->get_option("--show")->needs(command->get_option("--write"));
  command->add_flag("--payloads", options->payloads, "with --write or --keep: with message bodies");
  add_secret(*command, options->shown.secrets);
  command->add_option("--out", options->out, "folder for the evidence of runs")->capture_default_str()->type_name("DIR");
  const auto health = std::make_shared<bool>(false);
  add_folder(*command, *options, *health);
  const auto reading = std::make_shared<run::ReadOptions>();
  add_files(*command, *reading);
  add_shown(*command, options->shown);
  command->footer(
      "Examples:\n"
      "  testigo watch capture.pcapng                         every gRPC call in a capture\n"
      "  testigo watch capture.pcapng --status failed --min-latency 1s\n"
      "  testigo watch capture.pcapng --status failed --keep failed.pcapng\n"
      "  testigo watch capture.pcapng --quiet --follow 1/5    one call as a sequence diagram\n"
      "  testigo watch capture.pcapng --proto greeter.proto --messages    what every message says, and whether it fits\n"
      "  testigo watch client-side.pcapng --other-side server-side.pcapng    what a proxy does to calls\n"
      "  tcpdump -i eth0 -U -w - | testigo watch -\n"
      "  sudo testigo watch -i lo                             every gRPC call on this machine's loopback\n"
      "  sudo testigo watch -i eth0 --filter 'port 50051' --for 30s --write\n"
      "  sudo testigo watch -i eth0 --write --folder /var/lib/testigo --rotate-bytes 5000000 --rotate-files 4\n\n"
      "To listen it needs the capability CAP_NET_RAW, and gives up all privileges once it listens.\n"
      "What does not speak HTTP/2 or began before is counted and not judged; of what is encrypted, the handshake is.\n\n"
      "Exit code: 0 PROVEN (gRPC by the specification), 1 BROKEN, 3 INCONCLUSIVE, 2 wrong usage, 4 the environment failed.");
  return [options, reading, health] { return watch(*options, *reading, *health); };
}

}  // namespace testigo::app
