#include "greeter/client_call.h"

#include <grpcpp/client_context.h>

#include <atomic>
#include <utility>

#include "greeter/reply.h"

namespace testigo::greeter {
namespace {

using statement::CallId;
using statement::Kind;
using v1::GreetReply;
using v1::GreetRequest;
using Done = std::function<void(const CallOutcome&)>;

constexpr std::size_t kTextBytesKept = 1024;

std::chrono::system_clock::time_point deadline_of(const CallPlan& plan) {
  return std::chrono::system_clock::now() + std::chrono::ceil<std::chrono::system_clock::duration>(plan.deadline);
}

// What the four kinds share: the id in the metadata, the request, and what came back.
template <class Reactor>
class OutgoingCall : public Reactor {
 public:
  void OnDone(const grpc::Status& status) final {  // NOLINT(readability-identifier-naming): gRPC's name
    if (status.ok() && single_reply_) replied(reply_);
    outcome_.status = {status.error_code(), status.error_message().substr(0, kTextBytesKept)};
    const CallOutcome outcome = std::move(outcome_);
    const Done done = std::move(done_);
    delete this;
    done(outcome);
  }

 protected:
  OutgoingCall(const CallPlan& plan, CallId id, Done done) : plan_(plan), id_(std::move(id)), done_(std::move(done)) {
    context_.set_deadline(deadline_of(plan));
    context_.AddMetadata(std::string(statement::kIdKey), to_text(id_));
    if (plan.gzip) context_.set_compression_algorithm(GRPC_COMPRESS_GZIP);
    request_.set_client(id_.client);
    request_.set_call(id_.number);
    request_.set_payload(std::string(plan.payload_bytes, 'x'));
  }
  ~OutgoingCall() override = default;

  void sent() { ++outcome_.requests; }

  void replied(const GreetReply& reply) {
    ++outcome_.replies;
    keep_reply(outcome_.reply, id_, reply);
    outcome_.text = reply.message().substr(0, kTextBytesKept);
  }

  bool all_sent() const { return outcome_.requests >= plan_.messages; }

  grpc::ClientContext context_;
  GreetRequest request_;
  GreetReply reply_;
  bool single_reply_ = false;  // and not a stream of them

 private:
  const CallPlan plan_;
  const CallId id_;
  CallOutcome outcome_;
  Done done_;
};

class UnaryCall final : public OutgoingCall<grpc::ClientUnaryReactor> {
 public:
  UnaryCall(v1::Greeter::Stub& stub, const CallPlan& plan, const CallId& id, Done done) : OutgoingCall(plan, id, std::move(done)) {
    single_reply_ = true;
    sent();
    stub.async()->Greet(&context_, &request_, &reply_, this);
  }
};

class ServerStreamCall final : public OutgoingCall<grpc::ClientReadReactor<GreetReply>> {
 public:
  ServerStreamCall(v1::Greeter::Stub& stub, const CallPlan& plan, const CallId& id, Done done)
      : OutgoingCall(plan, id, std::move(done)) {
    request_.set_replies(plan.messages);
    sent();
    stub.async()->GreetMany(&context_, &request_, this);
    StartRead(&reply_);
  }

  void OnReadDone(bool ok) override {
    if (!ok) return;
    replied(reply_);
    StartRead(&reply_);
  }
};

class ClientStreamCall final : public OutgoingCall<grpc::ClientWriteReactor<GreetRequest>> {
 public:
  ClientStreamCall(v1::Greeter::Stub& stub, const CallPlan& plan, const CallId& id, Done done)
      : OutgoingCall(plan, id, std::move(done)) {
    single_reply_ = true;
    stub.async()->GreetAll(&context_, &reply_, this);
    StartWrite(&request_);
  }

  void OnWriteDone(bool ok) override {
    if (!ok) return;
    sent();
    if (all_sent()) return StartWritesDone();
    StartWrite(&request_);
  }
};

// A request and its reply make a round; gRPC may tell of the reply before it tells that the request was written.
class BidiCall final : public OutgoingCall<grpc::ClientBidiReactor<GreetRequest, GreetReply>> {
 public:
  BidiCall(v1::Greeter::Stub& stub, const CallPlan& plan, const CallId& id, Done done) : OutgoingCall(plan, id, std::move(done)) {
    stub.async()->Converse(&context_, this);
    begin_round();
  }

  void OnWriteDone(bool ok) override {
    if (!ok) return;
    sent();
    half_done();
  }

  void OnReadDone(bool ok) override {
    if (!ok) return;
    replied(reply_);
    if (!last_) return half_done();
    StartRead(&reply_);
  }

 private:
  void begin_round() {
    halves_left_ = 2;
    StartWrite(&request_);
    StartRead(&reply_);
  }

  void half_done() {
    if (--halves_left_ > 0) return;
    if (!all_sent()) return begin_round();
    last_ = true;
    StartWritesDone();
    StartRead(&reply_);
  }

  std::atomic<int> halves_left_ = 0;
  std::atomic<bool> last_ = false;  // all is asked: what comes now is more than we asked for, or the end
};

}  // namespace

void start_call(v1::Greeter::Stub& stub, const CallPlan& plan, const CallId& id, Done done) {
  switch (plan.kind) {
    case Kind::Unary:
      return (new UnaryCall(stub, plan, id, std::move(done)))->StartCall();
    case Kind::ServerStream:
      return (new ServerStreamCall(stub, plan, id, std::move(done)))->StartCall();
    case Kind::ClientStream:
      return (new ClientStreamCall(stub, plan, id, std::move(done)))->StartCall();
    case Kind::Bidi:
      return (new BidiCall(stub, plan, id, std::move(done)))->StartCall();
  }
}

}  // namespace testigo::greeter
