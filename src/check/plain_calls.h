// Messages, ends of sides and calls as nearly all are, judged at once: messages without compression and of usual length, sides that
// end where a message ends, calls that were answered OK and in time, as long as no check keeps anything in mind of a call.
//
// Each check that hears them says of them what it would say itself. It may call something that is right not plain, never something
// plain that is not: what is not plain all checks hear.
#pragma once

#include "call/event.h"
#include "check/calls_so_far.h"
#include "check/findings.h"
#include "check/gate.h"
#include "wire/rpc/status.h"

namespace testigo::check {

// What receivers take by default.
constexpr std::uint32_t kUsualLengthMax = std::uint32_t{4} << 20;

class PlainCalls {
 public:
  // Those of one connection; they must outlive it.
  PlainCalls(Findings& findings, CallsSoFar& calls) : findings_(findings), calls_(calls) {}

  // True: it was plain, and no check must hear it any more. Of what the judge judges.
  bool take(const call::MessageSeen& seen) {
    if (seen.message.flag != 0 || seen.message.length > kUsualLengthMax || !is_grpc(seen.call, seen.spot.direction)) return false;
    findings_.pass(Id::MG01);
    findings_.pass(Id::MG08);
    return true;
  }

  // A request that DATA ends, or an answer that trailers end, after the request. Such an answer has :status 200.
  bool take(const call::SideEnded& ended) {
    const call::Call& call = ended.call;
    const bool request = ended.spot.direction == Direction::ToServer;
    const call::SideOfCall& side = request ? call.request : call.response;
    if (ended.by_headers == request || ended.left_over != 0 || !side.messages_known || calls_.notes != 0 ||
        !is_grpc(call, ended.spot.direction)) {
      return false;
    }
    if (request) {
      findings_.pass(Id::RQ13);
    } else if (call.request.ended && call.status != rpc::kDeadlineExceeded) {
      calls_.complete(call.place.stream);
    } else {
      return false;
    }
    findings_.pass(Id::MG02);
    return true;
  }

  // No row has a word on it. A status comes with the END_STREAM of the server.
  bool take(const call::CallClosed& closed) {
    const call::Call& call = closed.call;
    if (call.status != rpc::kOk || calls_.notes != 0) return false;
    if (call.timeout && call.ended - call.started >= *call.timeout) return false;
    ++calls_.closed;
    return true;
  }

 private:
  static bool is_grpc(const call::Call& call, Direction direction) { return class_of(call, direction) == call::RpcClass::Grpc; }

  Findings& findings_;
  CallsSoFar& calls_;
};

}  // namespace testigo::check
