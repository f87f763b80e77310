// `testigo verify`: starts a server, clients, and a wire witness between or beside them, ends everything, and gives the verdict
// from the evidence.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include "base/clock.h"
#include "run/wire_post.h"
#include "show/page_server.h"

namespace testigo::run {

struct VerifyOptions {
  // Who plays.
  std::string host = "127.0.0.1";                          // an address of this machine, for the server and the tap
  std::optional<std::string> target;                       // a greeter that runs already, instead of a server of our own
  std::optional<std::filesystem::path> server_statements;  // of that greeter
  int clients = 2;
  Duration every = std::chrono::milliseconds(500);
  std::string kind = "unary";
  std::uint64_t payload_bytes = 0;
  Duration deadline = std::chrono::seconds(5);
  bool tls = false;
  std::optional<std::filesystem::path> cacert;  // with `target` and TLS: whom to trust
  std::optional<std::string> misbehave;         // of our own server
  // The server also served clients that are no part of this run; with `target` that goes without saying.
  bool shared_server = false;
  WireChoice wire = WireChoice::Auto;
  // How long, and how strict.
  Duration run_time = std::chrono::seconds(10);
  std::optional<Duration> tolerance;
  std::optional<Time> since;
  // Where to.
  std::filesystem::path out = "evidence";
  std::optional<std::filesystem::path> evidence;  // judge what is there instead of running anything
  Duration after{};                               // with `evidence`: see Repetition
  std::optional<Duration> repeat;                 // the same
  bool json = false;
  std::optional<show::Listen> page;  // where it is served while the run goes on, and until a signal afterwards
};

// Returns the exit code. Throws EnvironmentError.
int run_verify(const VerifyOptions& options);

}  // namespace testigo::run
