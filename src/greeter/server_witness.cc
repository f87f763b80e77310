#include "greeter/server_witness.h"

#include <utility>

namespace testigo::greeter {
namespace {

// How often a call is stated.
int times(Lie lie) { return lie == Lie::SwallowSilently ? 0 : lie == Lie::Twice ? 2 : 1; }

}  // namespace

void ServerWitness::open(std::unique_ptr<StatementSink> sink) {
  sink_ = std::move(sink);
  opened_.count_down();
}

void ServerWitness::received(const ServedCall& call) {
  opened_.wait();
  if (!sink_ || !call.id) return;
  for (int i = 0; i < times(call.lie); ++i) {
    ++calls_;
    sink_->state(statement::Received{*call.id, call.method, call.kind, call.peer});
  }
}

void ServerWitness::ended(const ServedCall& call) {
  if (swallows(call.lie)) return;
  const statement::Ended ended{call.id.value_or(statement::CallId{}),
                               call.status.error_code(),
                               call.status.error_message(),
                               clock_.monotonic() - call.monotonic,
                               call.requests,
                               call.replies,
                               call.reply};
  for (int i = 0; sink_ && call.id && i < times(call.lie); ++i) sink_->state(ended);
  log_.call({.id = call.id, .kind = call.kind, .ended = ended, .peer = call.peer, .text = {}});
}

void ServerWitness::close() {
  if (sink_) sink_->end(calls_);
}

}  // namespace testigo::greeter
