// What the server keeps of one call, whatever its kind. A value; belongs to the reactor of the call.
#pragma once

#include <grpcpp/server_context.h>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "base/clock.h"
#include "greeter/misbehaviour.h"
#include "statement/statement.h"

namespace testigo::greeter {

struct ServedCall {
  std::optional<statement::CallId> id;  // from the metadata; calls of other people's clients have none
  statement::Kind kind = statement::Kind::Unary;
  std::string method;
  std::string peer;
  Time received;
  Duration monotonic{};  // when it was received
  std::chrono::system_clock::time_point deadline;
  Lie lie = Lie::None;
  std::uint64_t requests = 0;
  std::uint64_t replies = 0;
  std::optional<statement::Reply> reply;
  grpc::Status status;
};

ServedCall served_call(const grpc::CallbackServerContext& context, statement::Kind kind, Lie lie, const Clock& clock);

}  // namespace testigo::greeter
