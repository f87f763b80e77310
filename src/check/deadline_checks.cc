// SD03, SD04: what both sides do when grpc-timeout has passed (gRPC over HTTP2, Client Cancellation). Calls of class grpc only
// (RULE 3).
#include <fmt/format.h>

#include "check/all_checks.h"
#include "check/gate.h"

namespace testigo::check {
namespace {

using call::RpcClass;
using namespace std::chrono_literals;

// Timers, schedulers and the network take their time, and no clause says how much they may.
constexpr Duration kSlack = 1s;

class DeadlineChecks final : public Check {
 public:
  explicit DeadlineChecks(Findings& findings) : findings_(findings) {}

  call::Interest hears() const override {
    return {.frames = false, .blocks = true, .messages = false, .side_ends = false, .calls = true};
  }
  bool speaks_for_alike(const call::BlockSeen&) const override { return true; }
  void on_block(const call::BlockSeen& seen) override;
  void on_call(const call::CallClosed& closed) override {
    const call::Call& call = closed.call;
    if (call.ending == call::Ending::Refused) return;  // nobody has it (RFC 9113 section 6.8), however long its stream stays open
    if (call.timeout && call.rpc_class == RpcClass::Grpc && closed.connection.whole()) deadline(call);
  }

 private:
  void deadline(const call::Call& call);

  Findings& findings_;
};

void DeadlineChecks::on_block(const call::BlockSeen& seen) {
  if (seen.outcome.exact && seen.outcome.complete) return;
  if (seen.role != call::BlockRole::Request || seen.call == nullptr || seen.call->rpc_class == RpcClass::Other) return;
  const auto* field = call::find(seen.fields, http2::FieldName::GrpcTimeout);
  if (field == nullptr ? names_known(seen) : field->exact()) return;
  for (const Id id : {Id::SD03, Id::SD04}) findings_.not_judgeable(id, "the value of grpc-timeout is not known");
}

// A stream that is still open then was neither cancelled by its client nor ended by its server.
void DeadlineChecks::deadline(const call::Call& call) {
  const Duration past = call.ended - call.started - *call.timeout;
  if (past < Duration(0)) return;
  call::Spot spot;
  spot.place = call.place;
  spot.time = call.started;
  for (const Id id : {Id::SD03, Id::SD04}) {
    findings_.judge(id, past <= kSlack, spot,
                    [&] { return fmt::format("the call was open until {} after its deadline", to_human(past)); });
  }
}

}  // namespace

std::unique_ptr<Check> deadline_checks(Findings& findings) { return std::make_unique<DeadlineChecks>(findings); }

}  // namespace testigo::check
