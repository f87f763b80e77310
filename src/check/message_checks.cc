// MG: length-prefixed messages (gRPC over HTTP2, Length-Prefixed-Message). Calls of class grpc only (RULE 3).
#include <fmt/format.h>

#include "check/all_checks.h"
#include "check/gate.h"
#include "check/plain_calls.h"

namespace testigo::check {
namespace {

using call::RpcClass;

class MessageChecks final : public Check {
 public:
  MessageChecks(Findings& findings, CallsSoFar& calls) : findings_(findings), long_(calls.notes) {}

  call::Interest hears() const override {
    return {.frames = false, .blocks = false, .messages = true, .side_ends = true, .calls = true};
  }
  void on_message(const call::MessageSeen& seen) override {
    switch (class_of(seen.call, seen.spot.direction)) {
      case RpcClass::Other:
        return;
      case RpcClass::Unknown:
        for (const Id id : {Id::MG01, Id::MG08}) findings_.not_judgeable(id, "whether the call is gRPC is not known");
        return;
      case RpcClass::Grpc:
        break;
    }
    findings_.judge(Id::MG01, seen.message.flag <= 1, seen.spot,
                    [&] { return fmt::format("the compressed-flag of message {} is {}", seen.number, seen.message.flag); });
    length(seen);
  }

  void on_side_ended(const call::SideEnded& ended) override {
    switch (class_of(ended.call, ended.spot.direction)) {
      case RpcClass::Other:
        return;
      case RpcClass::Unknown:
        findings_.not_judgeable(Id::MG02, "whether the call is gRPC is not known");
        return;
      case RpcClass::Grpc:
        break;
    }
    const bool client = ended.spot.direction == Direction::ToServer;
    if (!(client ? ended.call.request : ended.call.response).messages_known) {
      for (const Id id : {Id::MG01, Id::MG02, Id::MG08}) findings_.not_judgeable(id, "a DATA frame could not be read");
      return;
    }
    findings_.judge(Id::MG02, ended.left_over == 0, ended.spot,
                    [&] { return fmt::format("the stream ended with {} octets of a message that is not whole", ended.left_over); });
  }

  void on_call(const call::CallClosed& closed) override { length_taken(closed.call); }

 private:
  void length(const call::MessageSeen& seen);
  void length_taken(const call::Call& call);

  Findings& findings_;
  struct Long {
    call::Spot spot;
    std::uint64_t number = 0;
    std::uint32_t length = 0;
  };
  Notes<call::StreamId, Long> long_;  // the first long message of a call whose end is to come
};

std::string too_long(std::uint64_t number, std::uint32_t length) {
  return fmt::format("message {} has {} octets, and receivers take {} by default", number, length, kUsualLengthMax);
}

// MG08. A call that ends with OK has had its messages taken: their receiver's limit is above the usual one.
void MessageChecks::length(const call::MessageSeen& seen) {
  if (seen.message.length <= kUsualLengthMax) {
    findings_.pass(Id::MG08);
  } else if (long_.size() < findings_.limits().streams_remembered) {
    long_.try_emplace(seen.call.place.stream, Long{seen.spot, seen.number, seen.message.length});
  } else {
    findings_.not_judgeable(Id::MG08, "more long messages are open than are followed");
  }
}

void MessageChecks::length_taken(const call::Call& call) {
  const Long* const message = long_.find(call.place.stream);
  if (message == nullptr) return;
  const bool taken = call.status == rpc::kOk && call.ending == call::Ending::Trailers;
  findings_.judge(Id::MG08, taken, message->spot, [&] { return too_long(message->number, message->length); });
  long_.erase(call.place.stream);
}

}  // namespace

std::unique_ptr<Check> message_checks(Findings& findings, CallsSoFar& calls) {
  return std::make_unique<MessageChecks>(findings, calls);
}

}  // namespace testigo::check
