#include <absl/synchronization/mutex.h>
#include <google/protobuf/stubs/common.h>
#include <grpc/support/log.h>
#include <grpcpp/grpcpp.h>

#include <cstdlib>
#include <iostream>

#include "base/environment_error.h"
#include "base/inert.h"
#include "greeter/command_line.h"
#include "greeter/commands.h"

namespace {

using namespace testigo::greeter;

constexpr const char* kAbout =
    "The reference system of Testigo: a gRPC server and clients that call it periodically, on official gRPC C++.\n"
    "Each writes a line for every call, and with --statements what `testigo verify` needs for its verdict.";

constexpr const char* kFooter = R"(
Try it: `testigo-greeter server` in one terminal, `testigo-greeter client --name client1` in another.
Durations read 250ms, 10s, 5m. Exit codes: 0 done, 1 failed, 2 wrong usage, 4 the environment (a file, a port, a permission).
GRPC_VERBOSITY=INFO shows gRPC's own log. `testigo-greeter COMMAND --help` tells the options of a command.)";

std::string version() {
  return "testigo-greeter " TESTIGO_VERSION " (gRPC " + grpc::Version() + ", protobuf " +
         google::protobuf::internal::VersionString(GOOGLE_PROTOBUF_VERSION) + ")";
}

// gRPC tells of every failed connection on stderr; each call that fails because of it says so itself.
void quiet_grpc() {
  if (std::getenv("GRPC_VERBOSITY") == nullptr) gpr_set_log_function([](gpr_log_func_args*) {});
}

// Debian's Abseil is built with its search for deadlocks, under one lock of the whole process for every mutex that gRPC takes.
void trust_the_locks_of_grpc() { absl::SetMutexDeadlockDetectionMode(absl::OnDeadlockCycle::kIgnore); }

int wrong_usage(const CLI::App& app, const CLI::ParseError& error, const std::string& first) {
  const auto chosen = app.get_subcommands();
  const bool other_command = chosen.empty() && !first.empty() && first.front() != '-';
  const std::string what = other_command ? "there is no command '" + testigo::inert(first, 80) + "', only server, client and health"
                           : chosen.empty() ? "a command is missing: server, client or health"
                                            : error.what();
  const std::string command = "testigo-greeter" + (chosen.empty() ? "" : ' ' + chosen.front()->get_name());
  std::cerr << command << ": " << what << "; see `" << command << " --help`" << std::endl;
  return kWrongUsage;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app(kAbout, "testigo-greeter");
  app.footer(kFooter);
  app.set_version_flag("--version", version());
  app.require_subcommand(1);
  auto* server = app.add_subcommand("server", "Serve the greeter");
  auto* client = app.add_subcommand("client", "Call the greeter periodically");
  auto* health = app.add_subcommand("health", "Ask whether a server is serving");
  const Run run_server = add_server_command(*server);
  const Run run_client = add_client_command(*client);
  const Run run_health = add_health_command(*health);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return error.get_exit_code() == 0 ? app.exit(error) : wrong_usage(app, error, argc > 1 ? argv[1] : "");
  }
  const StopSignals signals;
  quiet_grpc();
  trust_the_locks_of_grpc();
  try {
    return (*server ? run_server : *client ? run_client : run_health)(signals);
  } catch (const testigo::EnvironmentError& error) {
    std::cerr << "testigo-greeter: " << error.what() << std::endl;
    return kEnvironmentFailed;
  }
}
