#include <grpc/health/v1/health.grpc.pb.h>
#include <grpcpp/client_context.h>

#include <iostream>
#include <memory>

#include "base/environment_error.h"
#include "base/inert.h"
#include "greeter/channel.h"
#include "greeter/command_line.h"
#include "greeter/commands.h"
#include "greeter/status_name.h"

namespace testigo::greeter {
namespace {

namespace health = ::grpc::health::v1;

constexpr const char* kFooter = R"(
Asks the standard health service (grpc.health.v1.Health/Check) once.
Exit code: 0 SERVING, 1 not serving, 2 wrong usage, 4 the server cannot be reached.

Examples:
  testigo-greeter health
  testigo-greeter health --target '[::1]:50051' --service testigo.greeter.v1.Greeter)";

struct Options {
  std::string target = "127.0.0.1:50051";
  std::string service;
  Duration deadline = std::chrono::seconds(5);
  ClientTls tls;
};

int tell(const Options& options, const std::string& what, int code) {
  std::cout << options.target << ": " << what << std::endl;
  return code;
}

int judge(const Options& options, const grpc::Status& status, const health::HealthCheckResponse& answer) {
  using grpc::StatusCode;
  const std::string reason = inert(status.error_message());
  if (status.error_code() == StatusCode::NOT_FOUND)
    return tell(options, "does not know the service " + inert(options.service), kFailed);
  if (status.error_code() == StatusCode::UNIMPLEMENTED) return tell(options, "has no health service", kFailed);
  if (!status.ok()) {
    throw EnvironmentError(options.target + " cannot be reached: " + status_name(status.error_code()) + ": " + reason +
                           "; is the server up, and is it TLS on both sides or on none?");
  }
  const bool serving = answer.status() == health::HealthCheckResponse::SERVING;
  return tell(options, inert(health::HealthCheckResponse::ServingStatus_Name(answer.status())), serving ? kDone : kFailed);
}

int run(const Options& options, const StopSignals& signals) {
  signals.release();
  const auto stub = health::Health::NewStub(make_channel(options.target, options.tls));
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + std::chrono::ceil<std::chrono::system_clock::duration>(options.deadline));
  health::HealthCheckRequest request;
  request.set_service(options.service);
  health::HealthCheckResponse answer;
  const grpc::Status status = stub->Check(&context, request, &answer);
  return judge(options, status, answer);
}

}  // namespace

Run add_health_command(CLI::App& app) {
  auto options = std::make_shared<Options>();
  add_target(app, options->target);
  app.add_option("--service", options->service, "The service to ask about [the server as a whole]")->type_name("NAME");
  add_duration(app, "--deadline", options->deadline, "The time that the check has [5s]");
  add_client_tls(app, options->tls);
  app.footer(kFooter);
  return [options](const StopSignals& signals) { return run(*options, signals); };
}

}  // namespace testigo::greeter
