#include <memory>

#include "base/inert.h"
#include "greeter/channel.h"
#include "greeter/command_line.h"
#include "greeter/commands.h"
#include "greeter/method.h"
#include "greeter/periodic_client.h"

namespace testigo::greeter {
namespace {

constexpr const char* kFooter = R"(
Call n starts at n x period, whatever earlier calls do, up to 10,000 in flight; a start that comes late is caught up at once. Calls fail
fast: a server that is not there fails them, and nothing ends the client but --count, --for, SIGTERM or SIGINT; calls in flight then still
end.
Exit code: 0 when every call succeeded, 1 when one failed or got a reply that names another call, 2 wrong usage, 4 a file.

Examples:
  testigo-greeter client
  testigo-greeter client --target '[::1]:50051' --name client2 --every 250ms --for 1m
  testigo-greeter client --kind bidi --messages 10 --payload-bytes 16384 --count 1
  testigo-greeter client --target greeter.test:443 --tls-ca ca.pem --statements client1.jsonl)";

constexpr std::uint32_t kPayloadBytesMax = 64 << 20;

struct Options {
  std::string target = "127.0.0.1:50051";
  std::string name = "client1";
  Schedule schedule;
  CallPlan plan;
  LogFormat log = LogFormat::Text;
  StatementOptions statements;
  ClientTls tls;
};

statement::Start start_record(const Options& options) {
  auto start = start_of_this_process(statement::Witness::Client, options.name, options.target);
  start.period = options.schedule.period;
  start.deadline = options.plan.deadline;
  start.tls = options.tls.on();
  return start;
}

int run(const Options& options, const StopSignals& signals) {
  const SystemClock clock;
  CallLog log(options.log, clock);
  const auto stub = v1::Greeter::NewStub(make_channel(options.target, options.tls));
  const statement::Start start = start_record(options);
  StatementSink statements(options.statements, start, clock, [&log](const auto& text) { log.note(text); });
  PeriodicClient client({options.name, start.process, *stub, statements, log, clock}, options.plan);
  const auto stop_by = [&signals](Duration monotonic) {
    const bool stop = signals.arrived_by(monotonic);
    if (stop) signals.release();
    return stop;
  };
  return client.run(options.schedule, stop_by) == 0 ? kDone : kFailed;
}

void add_schedule(CLI::App& app, Schedule& to) {
  add_duration(app, "--every", to.period, "The time from one start to the next [1s]");
  add_number(
      app, "--count", {}, [&to](std::uint64_t count) { to.count = count; }, "End after this many calls [for ever]");
  add_duration(app, "--for", to.length, "Start no more calls after this time [for ever]");
}

void add_plan(CLI::App& app, CallPlan& to) {
  const auto check = [&to](const std::string& text) {
    const auto kind = parse_kind_or_method(text);
    if (!kind) throw CLI::ValidationError("--kind", "'" + inert(text, 80) + "' is not unary, server-stream, client-stream or bidi");
    to.kind = *kind;
  };
  app.add_option_function<std::string>(
         "--kind", check,
         "unary, server-stream, client-stream or bidi; or by method: greet, greet-many, greet-all, converse [unary]")
      ->type_name("KIND");
  add_duration(app, "--deadline", to.deadline, "The time that a call has [5s]");
  const auto set_bytes = [&to](std::uint64_t bytes) { to.payload_bytes = static_cast<std::uint32_t>(bytes); };
  const auto set_messages = [&to](std::uint64_t messages) { to.messages = static_cast<std::uint32_t>(messages); };
  add_number(app, "--payload-bytes", {0, kPayloadBytesMax}, set_bytes,
             "Ballast of each message, both ways; the server takes messages up to 4 MiB [0]");
  add_number(app, "--messages", {1, std::numeric_limits<std::uint32_t>::max()}, set_messages, "Messages of each stream [3]");
  app.add_flag("--gzip", to.gzip, "Compress the requests by gzip");
}

}  // namespace

Run add_client_command(CLI::App& app) {
  auto options = std::make_shared<Options>();
  add_target(app, options->target);
  add_name(app, options->name, "The client's name");
  add_schedule(app, options->schedule);
  add_plan(app, options->plan);
  add_log_format(app, options->log);
  add_statements(app, options->statements);
  add_client_tls(app, options->tls);
  app.footer(kFooter);
  return [options](const StopSignals& signals) { return run(*options, signals); };
}

}  // namespace testigo::greeter
