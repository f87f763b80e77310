// What the reactors of the four kinds share: the call is stated as received when it comes, prepared (where a misbehaving server
// lies), finished once, and stated as ended when gRPC is done with it.
#pragma once

#include <functional>
#include <optional>
#include <utility>

#include "greeter/greeter_service.h"

namespace testigo::greeter {

template <class Reactor>
class ServingReactor : public Reactor {
 public:
  void OnDone() final {  // NOLINT(readability-identifier-naming): gRPC's name
    parts_.witness.ended(call_);
    OpenCalls& open_calls = parts_.open_calls;
    delete this;
    --open_calls;
  }

  // Only who swallows a call has nothing else that would finish it.
  void OnCancel() final {  // NOLINT(readability-identifier-naming): gRPC's name
    if (swallows(call_.lie)) finish({grpc::StatusCode::CANCELLED, "swallowed"});
  }

 protected:
  ServingReactor(const ServerParts& parts, grpc::CallbackServerContext& context, statement::Kind kind)
      : parts_(parts), context_(context), call_(served_call(context, kind, parts.misbehaviour.next(), parts.clock)) {
    ++parts_.open_calls;
    parts_.witness.received(call_);
  }
  ~ServingReactor() override = default;

  // A request came; false when it is not one that can be answered, and the call is then finished.
  bool take(const v1::GreetRequest& request) {
    ++call_.requests;
    if (statement::is_name(request.client())) return true;
    end({grpc::StatusCode::INVALID_ARGUMENT, "the client's name must be 1 to 64 letters, digits, '.', '_' or '-'"});
    return false;
  }

  // Calls `answer` when the call is to be answered; from then on replies name `as_`, if set, else the call that asked.
  void prepare(const v1::GreetRequest& request, std::function<void()> answer) {
    parts_.misbehaviour.prepare(call_.lie, identity(request), call_.deadline,
                                [this, answer = std::move(answer)](const std::optional<Identity>& as) {
                                  as_ = as;
                                  answer();
                                });
  }

  void fill(v1::GreetReply& reply, const v1::GreetRequest& request, std::uint32_t sequence) const {
    fill_reply(reply, as_.value_or(identity(request)), parts_.name, sequence);
    reply.set_payload(request.payload());
  }

  void sent(const v1::GreetReply& reply) {
    ++call_.replies;
    if (call_.id) keep_reply(call_.reply, *call_.id, reply);
  }

  // Nothing of this object may be used after it.
  void end(grpc::Status status) {
    if (!swallows(call_.lie)) finish(std::move(status));
  }

  grpc::Status outcome() const {
    return context_.IsCancelled() ? grpc::Status(grpc::StatusCode::CANCELLED, "cancelled before it was answered")
                                  : grpc::Status::OK;
  }

 private:
  Identity identity(const v1::GreetRequest& request) const { return {request.client(), request.call(), call_.received}; }

  void finish(grpc::Status status) {
    call_.status = status;
    this->Finish(std::move(status));
  }

  const ServerParts& parts_;
  grpc::CallbackServerContext& context_;
  ServedCall call_;
  std::optional<Identity> as_;
};

}  // namespace testigo::greeter
