// MG: length-prefixed messages (gRPC over HTTP2, Length-Prefixed-Message). Calls of class grpc only (RULE 3).
#include <fmt/format.h>

#include "check/all_checks.h"

namespace testigo::check {
namespace {

using call::RpcClass;

RpcClass class_of(const call::Call& call, Direction direction) {
  return direction == Direction::ToServer || call.rpc_class != RpcClass::Grpc ? call.rpc_class : call.response_class;
}

class MessageChecks final : public Check {
 public:
  explicit MessageChecks(Findings& findings) : findings_(findings) {}

  call::Interest hears() const override {
    return {.frames = false, .blocks = false, .messages = true, .side_ends = true, .calls = false};
  }
  void on_message(const call::MessageSeen& seen) override {
    switch (class_of(seen.call, seen.spot.direction)) {
      case RpcClass::Other:
        return;
      case RpcClass::Unknown:
        findings_.not_judgeable(Id::MG01, "whether the call is gRPC is not known");
        return;
      case RpcClass::Grpc:
        break;
    }
    findings_.judge(Id::MG01, seen.message.flag <= 1, seen.spot,
                    [&] { return fmt::format("the compressed-flag of message {} is {}", seen.number, seen.message.flag); });
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
      for (const Id id : {Id::MG01, Id::MG02}) findings_.not_judgeable(id, "a DATA frame could not be read");
      return;
    }
    findings_.judge(Id::MG02, ended.left_over == 0, ended.spot,
                    [&] { return fmt::format("the stream ended with {} octets of a message that is not whole", ended.left_over); });
  }

 private:
  Findings& findings_;
};

}  // namespace

std::unique_ptr<Check> message_checks(Findings& findings) { return std::make_unique<MessageChecks>(findings); }

}  // namespace testigo::check
