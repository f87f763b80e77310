// One call of the client, of any kind, on gRPC's callback API.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "base/clock.h"
#include "statement/statement.h"
#include "testigo/greeter/v1/greeter.grpc.pb.h"

namespace testigo::greeter {

struct CallPlan {
  statement::Kind kind = statement::Kind::Unary;
  Duration deadline{std::chrono::seconds(5)};
  std::uint32_t payload_bytes = 0;  // of each request; the server answers with as many
  std::uint32_t messages = 3;       // of each stream
  bool gzip = false;                // the requests are compressed
};

struct CallOutcome {
  grpc::Status status;
  std::uint64_t requests = 0;
  std::uint64_t replies = 0;
  std::optional<statement::Reply> reply;
  std::string text;  // of the last reply, for people
};

// Sends the call and returns at once; `done` is called on a thread of gRPC when nothing of the call is left.
void start_call(v1::Greeter::Stub& stub, const CallPlan& plan, const statement::CallId& id,
                std::function<void(const CallOutcome&)> done);

}  // namespace testigo::greeter
