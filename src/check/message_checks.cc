// MG: length-prefixed messages (gRPC over HTTP2, Length-Prefixed-Message). Calls of class grpc only (RULE 3).
#include <algorithm>
#include <array>
#include <optional>

#include <fmt/format.h>

#include "check/all_checks.h"
#include "check/gate.h"
#include "check/plain_calls.h"

namespace testigo::check {
namespace {

using call::RpcClass;

constexpr std::string_view kZeros = "the capture may hold zeros in place of message bodies";

class MessageChecks final : public Check {
 public:
  MessageChecks(Findings& findings, CallsSoFar& calls) : findings_(findings), long_(calls.notes), foreign_(calls.notes) {}

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
    if (seen.message.flag > 1 && seen.message.length == 0) foreign(seen);
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
    if (may_be_left_out(ended)) return findings_.not_judgeable(Id::MG02, kZeros);
    findings_.judge(Id::MG02, ended.left_over == 0, ended.spot,
                    [&] { return fmt::format("the stream ended with {} octets of a message that is not whole", ended.left_over); });
  }

  void on_call(const call::CallClosed& closed) override {
    length_taken(closed.call);
    foreign_.erase(closed.call.place.stream);
  }

 private:
  void foreign(const call::MessageSeen& seen);
  bool may_be_left_out(const call::SideEnded& ended);
  void length(const call::MessageSeen& seen);
  void length_taken(const call::Call& call);

  Findings& findings_;
  struct Long {
    call::Spot spot;
    std::uint64_t number = 0;
    std::uint32_t length = 0;
  };
  using OfCall = std::array<std::optional<Long>, 2>;    // the longest of each direction
  Notes<call::StreamId, OfCall> long_;                  // long messages of the calls whose end is to come
  std::array<std::uint32_t, 2> taken_{};                // the longest that was taken, of each direction
  Notes<call::StreamId, std::array<bool, 2>> foreign_;  // sides with an empty message of a flag that there is not
};

void MessageChecks::foreign(const call::MessageSeen& seen) {
  if (foreign_.size() >= findings_.limits().streams_remembered) return;
  foreign_.try_emplace(seen.call.place.stream)[static_cast<std::size_t>(seen.spot.direction)] = true;
}

// Bodies that nobody could divide into messages are written as zeros to the end, behind a flag that there is not or from the start
// (docs/formats/wire-pcapng.md): five of them read as an empty message, so that the octets behind the last five prove nothing.
bool MessageChecks::may_be_left_out(const call::SideEnded& ended) {
  if (ended.left_over == 0 || ended.left_over >= rpc::kPrefixBytes) return false;
  const call::SideOfCall& side = ended.spot.direction == Direction::ToServer ? ended.call.request : ended.call.response;
  if (side.messages != 0 && side.bytes == rpc::kPrefixBytes * side.messages + ended.left_over) return true;
  const auto* foreign = foreign_.find(ended.call.place.stream);
  return foreign != nullptr && (*foreign)[static_cast<std::size_t>(ended.spot.direction)];
}

std::string too_long(std::uint64_t number, std::uint32_t length) {
  return fmt::format("message {} has {} octets, and receivers take {} by default", number, length, kUsualLengthMax);
}

// MG08.
void MessageChecks::length(const call::MessageSeen& seen) {
  if (seen.message.length <= kUsualLengthMax) {
    findings_.pass(Id::MG08);
    return;
  }
  OfCall* of_call = long_.find(seen.call.place.stream);
  if (of_call == nullptr && long_.size() < findings_.limits().streams_remembered)
    of_call = &long_.try_emplace(seen.call.place.stream);
  if (of_call == nullptr) {
    findings_.not_judgeable(Id::MG08, "more long messages are open than are followed");
    return;
  }
  std::optional<Long>& longest = (*of_call)[static_cast<std::size_t>(seen.spot.direction)];
  if (!longest || longest->length < seen.message.length) longest = Long{seen.spot, seen.number, seen.message.length};
}

// RESOURCE_EXHAUSTED (statuscodes.md), which a server says; a client can but reset the stream, as it does when it wants no more: of
// a reply behind which others came nothing is said.
bool is_refused(const call::Call& call, Direction direction, std::uint64_t number) {
  if (direction == Direction::ToClient) return call.ending == call::Ending::ResetByClient && number == call.response.messages;
  return call.ending == call::Ending::ResetByServer || call.status == rpc::kResourceExhausted;
}

// A call that ends with OK has had its messages taken: their receiver's limit is above the usual one. One that failed for another
// reason says nothing of lengths.
void MessageChecks::length_taken(const call::Call& call) {
  const OfCall* const of_call = long_.find(call.place.stream);
  if (of_call == nullptr) return;
  const bool taken = call.status == rpc::kOk && call.ending == call::Ending::Trailers;
  for (const auto& longest : *of_call) {
    if (!longest) continue;
    std::uint32_t& taken_before = taken_[static_cast<std::size_t>(longest->spot.direction)];
    if (taken) taken_before = std::max(taken_before, longest->length);
    if (longest->length <= taken_before) {
      findings_.pass(Id::MG08);
    } else if (is_refused(call, longest->spot.direction, longest->number)) {
      findings_.fail(Id::MG08, longest->spot, too_long(longest->number, longest->length));
    }
  }
  long_.erase(call.place.stream);
}

}  // namespace

std::unique_ptr<Check> message_checks(Findings& findings, CallsSoFar& calls) {
  return std::make_unique<MessageChecks>(findings, calls);
}

}  // namespace testigo::check
