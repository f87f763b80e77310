// The server as a witness: states and logs each call. Thread-safe.
//
// The server listens before its start record can name the port; a call that comes in between waits for `open`.
#pragma once

#include <atomic>
#include <latch>
#include <memory>

#include "greeter/call_log.h"
#include "greeter/served_call.h"
#include "greeter/statement_sink.h"

namespace testigo::greeter {

class ServerWitness {
 public:
  ServerWitness(CallLog& log, const Clock& clock) : log_(log), clock_(clock) {}

  // Once. Without a sink (the statements cannot be written, and the server is about to end) nothing is stated.
  void open(std::unique_ptr<StatementSink> sink);

  void received(const ServedCall& call);
  void ended(const ServedCall& call);

  // Writes the end record; no call may be open.
  void close();

 private:
  CallLog& log_;
  const Clock& clock_;
  std::unique_ptr<StatementSink> sink_;
  std::latch opened_{1};
  std::atomic<std::uint64_t> calls_ = 0;
};

}  // namespace testigo::greeter
