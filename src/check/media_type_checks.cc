// RS09: requests that are not gRPC, on a connection that carries gRPC, too (gRPC over HTTP2, Content-Type). It alone judges calls
// that are not of class grpc (RULE 3).
#include <deque>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "base/utf8.h"
#include "check/all_checks.h"
#include "check/gate.h"
#include "wire/rpc/media_type.h"

namespace testigo::check {
namespace {

using call::BlockRole;
using call::RpcClass;
using call::StreamId;
using http2::FieldName;

class MediaTypeChecks final : public Check {
 public:
  MediaTypeChecks(Findings& findings, CallsSoFar& calls)
      : findings_(findings), streams_max_(findings.limits().streams_remembered), types_(calls.notes) {}

  call::Interest hears() const override {
    return {.frames = false, .blocks = true, .messages = false, .side_ends = false, .calls = true};
  }
  bool speaks_for_alike(const call::BlockSeen& seen) const override { return grpc_seen_ && seen.call->rpc_class == RpcClass::Grpc; }
  void on_block(const call::BlockSeen& seen) override;
  void on_call(const call::CallClosed& closed) override { types_.erase(closed.call.place.stream); }

 private:
  struct Answered {
    call::Spot spot;
    std::string type;
    int status = 0;  // 0: it, or whether the answer is of gRPC, is not known
  };
  void request(const call::BlockSeen& seen);
  void answered(const Answered& answer);

  void too_many() { findings_.not_judgeable(Id::RS09, "more requests that are not gRPC came at once than are followed"); }

  Findings& findings_;
  std::size_t streams_max_;
  bool grpc_seen_ = false;
  Notes<StreamId, std::string> types_;  // content-types of the requests that are open
  std::deque<Answered> waiting_;        // until the connection has carried gRPC
  std::uint64_t more_waiting_ = 0;
};

constexpr std::size_t kTypeBytesMax = 100;

// What answers is gRPC, or says what gRPC must: on a connection that others share with gRPC, all else is their own business. A
// grpc-status beside another content-type is that of a transcoder, which took the request as it should. Nothing: it is not known.
std::optional<bool> of_grpc(const call::BlockSeen& seen) {
  if (seen.call->http_status == 415) return true;
  const http2::HeaderField* const type = call::find(seen.fields, FieldName::ContentType);
  if (type != nullptr && type->exact()) return rpc::names_grpc(type->value);
  if (call::find(seen.fields, FieldName::GrpcStatus) == nullptr) return false;
  return type == nullptr && names_known(seen) ? std::optional(true) : std::nullopt;
}

void MediaTypeChecks::on_block(const call::BlockSeen& seen) {
  if (seen.call == nullptr) return;
  if (seen.role == BlockRole::Request) {
    request(seen);
  } else if (seen.role == BlockRole::Response) {
    const std::string* const type = types_.find(seen.spot.place.stream);
    if (type == nullptr) return;
    const std::optional<bool> of = of_grpc(seen);
    if (of == false) return;
    const Answered answer{seen.spot, *type, of ? seen.call->http_status : 0};
    if (grpc_seen_) {
      answered(answer);
    } else if (waiting_.size() < streams_max_) {
      waiting_.push_back(answer);
    } else {
      ++more_waiting_;
    }
  }
}

void MediaTypeChecks::request(const call::BlockSeen& seen) {
  if (seen.call->rpc_class == RpcClass::Grpc) {
    if (std::exchange(grpc_seen_, true)) return;
    for (const Answered& answer : waiting_) answered(answer);
    waiting_.clear();
    for (; more_waiting_ != 0; --more_waiting_) too_many();
  } else if (seen.call->rpc_class == RpcClass::Other) {
    const auto type = call::exact_value(seen.fields, FieldName::ContentType);
    if (!type || rpc::begins_in_any_case(*type, "application/grpc")) return;
    if (types_.size() < streams_max_) {
      types_.try_emplace(seen.spot.place.stream, shortened(*type, kTypeBytesMax));
    } else if (grpc_seen_) {
      too_many();
    }
  }
}

void MediaTypeChecks::answered(const Answered& answer) {
  if (answer.status == 0) {
    findings_.not_judgeable(Id::RS09, "the value of :status or content-type is not known");
    return;
  }
  findings_.judge(Id::RS09, answer.status == 415, answer.spot, [&] {
    return fmt::format("a request with content-type \"{}\" was answered by :status {}", answer.type, answer.status);
  });
}

}  // namespace

std::unique_ptr<Check> media_type_checks(Findings& findings, CallsSoFar& calls) {
  return std::make_unique<MediaTypeChecks>(findings, calls);
}

}  // namespace testigo::check
