// The calls of a run, method by method: how many, what became of them, how long they took.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "base/histogram.h"
#include "base/limits.h"
#include "call/event.h"

namespace testigo::verdict {

struct MethodSummary {
  std::string method;  // inert; "(unknown method)"; "(other methods)" beyond Limits::methods_summed_max
  std::uint64_t calls = 0;
  std::uint64_t ok = 0;
  std::map<std::string, std::uint64_t> failed;  // by the name of the status, or how calls ended without one
  Histogram latency;                            // from the request headers to the end of the response
};

struct CallSummary {
  std::uint64_t connections = 0;       // that carried calls, whichever
  std::vector<MethodSummary> methods;  // those with the most calls first
};

class CallSummaryWitness final : public call::Sink {
 public:
  explicit CallSummaryWitness(const Limits& limits = {}) : methods_max_(limits.methods_summed_max) {}

  call::Interest hears() const override { return {.frames = false, .blocks = false, .messages = false, .side_ends = false}; }
  void on_call(const call::CallClosed& closed) override;
  void on_connection_closed(const call::ConnectionClosed& closed) override;

  CallSummary summary() const;

 private:
  MethodSummary& of(const call::Call& call);
  static void count_failed(MethodSummary& method, const call::Call& call);

  std::size_t methods_max_;
  std::map<std::string, MethodSummary, std::less<>> methods_;  // by path, as it stood on the wire
  MethodSummary* recent_ = nullptr;                            // the one asked for last, and its path
  std::string recent_path_;
  bool recent_known_ = false;
  std::uint64_t connections_ = 0;
};

}  // namespace testigo::verdict
