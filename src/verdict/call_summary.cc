#include "verdict/call_summary.h"

#include <algorithm>

#include "base/inert.h"
#include "call/outcome.h"
#include "wire/rpc/status.h"

namespace testigo::verdict {
namespace {

// No path begins otherwise than with "/" here: these are nobody's.
constexpr std::string_view kUnknown = "(unknown method)", kOthers = "(other methods)";
constexpr std::size_t kNameBytesMax = 2 * Limits{}.text_bytes_kept;  // as long as a path may be
constexpr std::size_t kOutcomesMax = 100;                            // of one method; grpc-status may be any number

}  // namespace

MethodSummary& CallSummaryWitness::of(const call::Call& call) {
  const bool known = call.path_known != http2::Known::Unknown;
  if (recent_ != nullptr && recent_known_ == known && recent_path_ == call.path) return *recent_;
  std::string key = known ? call.path : std::string(kUnknown);
  if (methods_.size() >= methods_max_ && !methods_.contains(key)) key = kOthers;
  const auto [at, is_new] = methods_.try_emplace(key);
  if (is_new) at->second.method = inert(key, kNameBytesMax);
  recent_ = &at->second;
  recent_path_ = call.path;
  recent_known_ = known;
  return *recent_;
}

void CallSummaryWitness::on_call(const call::CallClosed& closed) {
  MethodSummary& method = of(closed.call);
  ++method.calls;
  method.latency.add(closed.call.ended - closed.call.started);
  if (closed.call.status == rpc::kOk) {
    ++method.ok;
  } else {
    count_failed(method, closed.call);
  }
}

[[gnu::noinline]] void CallSummaryWitness::count_failed(MethodSummary& method, const call::Call& call) {
  std::string outcome = call::outcome_text(call);
  if (method.failed.size() >= kOutcomesMax && !method.failed.contains(outcome)) outcome = "other";
  ++method.failed[outcome];
}

void CallSummaryWitness::on_connection_closed(const call::ConnectionClosed& closed) {
  if (closed.connection.calls != 0) ++connections_;
}

CallSummary CallSummaryWitness::summary() const {
  CallSummary summary;
  summary.connections = connections_;
  for (const auto& [path, method] : methods_) summary.methods.push_back(method);
  std::ranges::stable_sort(summary.methods, std::greater<>(), &MethodSummary::calls);
  return summary;
}

}  // namespace testigo::verdict
