#include <grpcpp/ext/proto_server_reflection_plugin.h>
#include <grpcpp/health_check_service_interface.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>

#include <algorithm>
#include <limits>
#include <memory>
#include <optional>

#include "base/environment_error.h"
#include "base/inert.h"
#include "greeter/address.h"
#include "greeter/command_line.h"
#include "greeter/commands.h"
#include "greeter/credentials.h"
#include "greeter/drain.h"
#include "greeter/greeter_service.h"
#include "greeter/message_limit.h"
#include "greeter/timers.h"

namespace testigo::greeter {
namespace {

constexpr const char* kFooter = R"(
Serves testigo.greeter.v1.Greeter, the standard health service (grpc.health.v1) and server reflection. Reflection is v1alpha only,
for gRPC 1.51 has no v1: ask with a client that speaks v1alpha, such as grpcurl or `grpc_cli`.
SIGTERM and SIGINT end it in order: no new calls, those in flight have --grace, then they are cancelled; a second signal kills.
Idle connections and health watches do not hold the end back: they have half a second to close.
With --max-connection-age a connection is closed in order (GOAWAY) at that age, and clients go on over a new one; gRPC varies the
age by a tenth, so that not all close at once. What is in flight then has --grace.
It is a system under proof, for loopback, containers and test networks: gRPC 1.51 is not meant to face the internet any more.

Misbehaviour, for trying a verdict: MODE or MODE:N, from the N-th call of this process on.
  wrong-name        the reply names another client
  swap              holds a call until the next one comes, 2 s at most, and exchanges their replies
  swallow           states the call as received, and never answers
  swallow-silently  neither states nor answers it
  twice             handles the call twice (two statements), answers once
  slow              answers 500 ms after the call's deadline

Examples:
  testigo-greeter server
  testigo-greeter server --listen '[::1]:0' --name server1 --statements server1.jsonl
  testigo-greeter server --tls-cert server.pem --tls-key server.key --tls-client-ca ca.pem
  testigo-greeter server --max-connection-age 5m --statements server.jsonl --statements-rotate 1000000
  testigo-greeter server --misbehave swap:10)";

struct Options {
  Address listen{"127.0.0.1", 50051};
  std::string name = "server";
  LogFormat log = LogFormat::Text;
  StatementOptions statements;
  ServerTls tls;
  LiePlan lies;
  bool gzip = false;
  Duration grace = std::chrono::seconds(3);
  std::optional<Duration> max_connection_age;
};

struct Listening {
  std::unique_ptr<grpc::Server> server;
  Address address;
};

[[noreturn]] void fail_to_listen(const Options& options) {
  const std::string where = to_text(options.listen);
  if (const auto why = why_not_listening(options.listen)) {
    throw EnvironmentError("cannot listen on " + inert(where) + ": " + *why +
                           "; give --listen a free HOST:PORT of this machine (port 0 picks one)");
  }
  if (options.tls.on()) {
    throw EnvironmentError("cannot use " + inert(options.tls.cert) + " with " + inert(options.tls.key) +
                           ": give --tls-cert a PEM certificate and --tls-key its own key");
  }
  throw EnvironmentError("cannot listen on " + inert(where) + ": gRPC refused it; GRPC_VERBOSITY=ERROR shows why");
}

// gRPC reads INT_MAX as "never"; 24 days are as good.
int to_milliseconds(Duration duration) {
  const auto whole = std::chrono::ceil<std::chrono::milliseconds>(duration).count();
  return static_cast<int>(std::min<std::int64_t>(whole, std::numeric_limits<int>::max() - 1));
}

void limit_connections(grpc::ServerBuilder& builder, const Options& options) {
  if (!options.max_connection_age) return;
  builder.AddChannelArgument(GRPC_ARG_MAX_CONNECTION_AGE_MS, to_milliseconds(*options.max_connection_age));
  builder.AddChannelArgument(GRPC_ARG_MAX_CONNECTION_AGE_GRACE_MS, to_milliseconds(options.grace));
}

Listening listen(const Options& options, GreeterService& service) {
  grpc::EnableDefaultHealthCheckService(true);
  grpc::reflection::InitProtoReflectionServerBuilderPlugin();
  int port = 0;
  grpc::ServerBuilder builder;
  builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);  // a second server on the port shall fail, not share its calls
  limit_connections(builder, options);
  builder.SetMaxReceiveMessageSize(kMessageBytesMax);
  if (options.gzip) builder.SetDefaultCompressionAlgorithm(GRPC_COMPRESS_GZIP);
  builder.AddListeningPort(to_text(options.listen), server_credentials(options.tls), &port);
  builder.RegisterService(&service);
  auto server = builder.BuildAndStart();
  if (!server || port == 0) fail_to_listen(options);
  server->GetHealthCheckService()->SetServingStatus(v1::Greeter::service_full_name(), true);
  return {std::move(server), {options.listen.host, port}};
}

// Nothing when the statements cannot be written; the server is then ended, for it would hold its calls for ever.
void open(ServerWitness& witness, const Options& options, const Listening& listening, const Clock& clock, CallLog& log) {
  try {
    auto start = start_of_this_process(statement::Witness::Server, options.name, to_text(listening.address));
    start.tls = options.tls.on();
    witness.open(
        std::make_unique<StatementSink>(options.statements, std::move(start), clock, [&log](const auto& text) { log.note(text); }));
  } catch (const EnvironmentError&) {
    witness.open(nullptr);
    listening.server->Shutdown(std::chrono::system_clock::now());
    throw;
  }
}

int run(const Options& options, const StopSignals& signals) {
  const SystemClock clock;
  CallLog log(options.log, clock);
  ServerWitness witness(log, clock);
  Timers timers;
  Misbehaviour misbehaviour(options.lies,
                            [&timers](Duration delay, std::function<void()> then) { timers.after(delay, std::move(then)); });
  OpenCalls open_calls = 0;
  GreeterService service({options.name, misbehaviour, witness, open_calls, clock});
  const Listening listening = listen(options, service);
  open(witness, options, listening, clock, log);
  log.listening(to_text(listening.address));
  signals.wait();
  signals.release();
  timers.finish_within(options.grace);
  drain(*listening.server, open_calls, options.grace);
  witness.close();
  return kDone;
}

void add_listen(CLI::App& app, Address& to) {
  const auto check = [&to](const std::string& text) {
    const auto address = parse_address(text);
    if (!address) {
      throw CLI::ValidationError("--listen",
                                 "'" + inert(text, 80) + "' is not HOST:PORT, such as 127.0.0.1:50051, [::1]:0 or 0.0.0.0:50051");
    }
    to = *address;
  };
  app.add_option_function<std::string>("--listen", check,
                                       "Where to listen; port 0 picks a free one, which is printed [" + to_text(to) + "]")
      ->type_name("HOST:PORT");
}

void add_misbehave(CLI::App& app, LiePlan& to) {
  const auto check = [&to](const std::string& text) {
    const auto plan = parse_lie_plan(text);
    if (!plan) {
      throw CLI::ValidationError(
          "--misbehave", "'" + inert(text, 80) + "' is not MODE or MODE:N (N from 1) with MODE one of " + std::string(kLieNames));
    }
    to = *plan;
  };
  app.add_option_function<std::string>("--misbehave", check, "Lie on purpose; see below")->type_name("MODE[:N]");
}

void add_tls(CLI::App& app, ServerTls& to) {
  auto* cert = app.add_option("--tls-cert", to.cert, "TLS: the server's certificate")->type_name("PEM");
  auto* key = app.add_option("--tls-key", to.key, "TLS: the key of the certificate")->type_name("PEM");
  app.add_option("--tls-client-ca", to.client_ca, "TLS: require a client's certificate that this authority signed")
      ->type_name("PEM")
      ->needs(cert);
  cert->needs(key);
  key->needs(cert);
}

}  // namespace

Run add_server_command(CLI::App& app) {
  auto options = std::make_shared<Options>();
  add_listen(app, options->listen);
  add_name(app, options->name, "The name in its replies and statements");
  add_log_format(app, options->log);
  add_statements(app, options->statements);
  add_tls(app, options->tls);
  add_misbehave(app, options->lies);
  app.add_flag("--gzip", options->gzip, "Compress the replies by gzip, where the client takes that");
  add_duration(app, "--grace", options->grace, "What calls in flight have when it ends, or when their connection is old [3s]");
  add_duration(app, "--max-connection-age", options->max_connection_age,
               "Close each connection at about this age; clients go on over a new one [never]");
  app.footer(kFooter);
  return [options](const StopSignals& signals) { return run(*options, signals); };
}

}  // namespace testigo::greeter
