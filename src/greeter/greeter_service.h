// The service on gRPC's callback API: one reactor a call, no thread of ours.
#pragma once

#include <string>

#include "greeter/drain.h"
#include "greeter/misbehaviour.h"
#include "greeter/server_witness.h"
#include "testigo/greeter/v1/greeter.grpc.pb.h"

namespace testigo::greeter {

// What every call of a server shares; outlives them.
struct ServerParts {
  std::string name;
  Misbehaviour& misbehaviour;
  ServerWitness& witness;
  OpenCalls& open_calls;
  const Clock& clock;
};

class GreeterService final : public v1::Greeter::CallbackService {
 public:
  explicit GreeterService(ServerParts parts) : parts_(std::move(parts)) {}

  grpc::ServerUnaryReactor* Greet(grpc::CallbackServerContext* context, const v1::GreetRequest* request,
                                  v1::GreetReply* reply) override;
  grpc::ServerWriteReactor<v1::GreetReply>* GreetMany(grpc::CallbackServerContext* context,
                                                      const v1::GreetRequest* request) override;
  grpc::ServerReadReactor<v1::GreetRequest>* GreetAll(grpc::CallbackServerContext* context, v1::GreetReply* reply) override;
  grpc::ServerBidiReactor<v1::GreetRequest, v1::GreetReply>* Converse(grpc::CallbackServerContext* context) override;

 private:
  ServerParts parts_;
};

}  // namespace testigo::greeter
