#include "greeter/greeter_service.h"

#include "greeter/serving_reactor.h"

namespace testigo::greeter {
namespace {

using statement::Kind;
using v1::GreetReply;
using v1::GreetRequest;

constexpr std::uint32_t kRepliesDefault = 3;

class Greeting final : public ServingReactor<grpc::ServerUnaryReactor> {
 public:
  Greeting(const ServerParts& parts, grpc::CallbackServerContext& context, const GreetRequest& request, GreetReply& reply)
      : ServingReactor(parts, context, Kind::Unary), request_(request), reply_(reply) {
    if (take(request)) prepare(request, [this] { answer(); });
  }

 private:
  void answer() {
    grpc::Status status = outcome();
    fill(reply_, request_, 1);
    if (status.ok()) sent(reply_);
    end(std::move(status));
  }

  const GreetRequest& request_;
  GreetReply& reply_;
};

class ManyGreetings final : public ServingReactor<grpc::ServerWriteReactor<GreetReply>> {
 public:
  ManyGreetings(const ServerParts& parts, grpc::CallbackServerContext& context, const GreetRequest& request)
      : ServingReactor(parts, context, Kind::ServerStream),
        request_(request),
        wanted_(request.replies() == 0 ? kRepliesDefault : request.replies()) {
    if (take(request)) prepare(request, [this] { write(); });
  }

  void OnWriteDone(bool ok) override {
    if (!ok) return end({grpc::StatusCode::CANCELLED, "cancelled while it was answered"});
    sent(reply_);
    if (sequence_ == wanted_) return end(grpc::Status::OK);
    write();
  }

 private:
  void write() {
    fill(reply_, request_, ++sequence_);
    StartWrite(&reply_);
  }

  const GreetRequest& request_;
  const std::uint32_t wanted_;
  std::uint32_t sequence_ = 0;
  GreetReply reply_;
};

class GreetingOfAll final : public ServingReactor<grpc::ServerReadReactor<GreetRequest>> {
 public:
  GreetingOfAll(const ServerParts& parts, grpc::CallbackServerContext& context, GreetReply& reply)
      : ServingReactor(parts, context, Kind::ClientStream), reply_(reply) {
    StartRead(&request_);
  }

  void OnReadDone(bool ok) override {
    if (!ok && count_ == 0) return end({grpc::StatusCode::INVALID_ARGUMENT, "no request came"});
    if (!ok) return prepare(last_, [this] { answer(); });
    if (!take(request_)) return;
    ++count_;
    last_.Swap(&request_);
    StartRead(&request_);
  }

 private:
  void answer() {
    grpc::Status status = outcome();
    fill(reply_, last_, count_);
    if (status.ok()) sent(reply_);
    end(std::move(status));
  }

  GreetReply& reply_;
  GreetRequest request_;
  GreetRequest last_;
  std::uint32_t count_ = 0;
};

class Conversation final : public ServingReactor<grpc::ServerBidiReactor<GreetRequest, GreetReply>> {
 public:
  Conversation(const ServerParts& parts, grpc::CallbackServerContext& context) : ServingReactor(parts, context, Kind::Bidi) {
    StartRead(&request_);
  }

  void OnReadDone(bool ok) override {
    if (!ok) return end(outcome());
    if (!take(request_)) return;
    if (sequence_ > 0) return write();
    prepare(request_, [this] { write(); });
  }

  void OnWriteDone(bool ok) override {
    if (!ok) return end({grpc::StatusCode::CANCELLED, "cancelled while it was answered"});
    sent(reply_);
    StartRead(&request_);
  }

 private:
  void write() {
    fill(reply_, request_, ++sequence_);
    StartWrite(&reply_);
  }

  GreetRequest request_;
  GreetReply reply_;
  std::uint32_t sequence_ = 0;
};

}  // namespace

grpc::ServerUnaryReactor* GreeterService::Greet(grpc::CallbackServerContext* context, const GreetRequest* request,
                                                GreetReply* reply) {
  return new Greeting(parts_, *context, *request, *reply);
}

grpc::ServerWriteReactor<GreetReply>* GreeterService::GreetMany(grpc::CallbackServerContext* context, const GreetRequest* request) {
  return new ManyGreetings(parts_, *context, *request);
}

grpc::ServerReadReactor<GreetRequest>* GreeterService::GreetAll(grpc::CallbackServerContext* context, GreetReply* reply) {
  return new GreetingOfAll(parts_, *context, *reply);
}

grpc::ServerBidiReactor<GreetRequest, GreetReply>* GreeterService::Converse(grpc::CallbackServerContext* context) {
  return new Conversation(parts_, *context);
}

}  // namespace testigo::greeter
