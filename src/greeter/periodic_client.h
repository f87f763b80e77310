// Calls the greeter again and again; nothing that a server does ends it.
//
// `run` belongs to one thread; calls end on threads of gRPC.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>

#include "greeter/call_log.h"
#include "greeter/client_call.h"
#include "greeter/schedule.h"
#include "greeter/statement_sink.h"

namespace testigo::greeter {

class PeriodicClient {
 public:
  // Sleeps until that moment of the monotonic clock; true when the client shall start no more calls.
  using StopBy = std::function<bool(Duration monotonic)>;

  struct Parts {
    std::string name;
    std::string process;
    v1::Greeter::Stub& stub;
    StatementSink& statements;
    CallLog& log;
    const Clock& clock;
  };

  PeriodicClient(Parts parts, CallPlan plan) : parts_(std::move(parts)), plan_(plan) {}

  // Returns when the last call that it started has ended. How many failed, or got a reply that names another call.
  std::uint64_t run(const Schedule& schedule, const StopBy& stop_by);

 private:
  void start(std::uint64_t number);
  void ended(const statement::CallId& id, Duration began, const CallOutcome& outcome);
  bool has_room(const StopBy& stop_by);

  const Parts parts_;
  const CallPlan plan_;
  std::atomic<std::uint64_t> failed_ = 0;
  std::mutex mutex_;
  std::condition_variable one_ended_;
  std::uint64_t in_flight_ = 0;
};

}  // namespace testigo::greeter
