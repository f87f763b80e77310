#include "greeter/served_call.h"

#include <iterator>

#include "greeter/method.h"

namespace testigo::greeter {
namespace {

std::optional<statement::CallId> id_of(const grpc::CallbackServerContext& context) {
  const auto [first, last] =
      context.client_metadata().equal_range(grpc::string_ref(statement::kIdKey.data(), statement::kIdKey.size()));
  if (first == last || std::next(first) != last) return std::nullopt;
  return statement::parse_call_id({first->second.data(), first->second.size()});
}

}  // namespace

ServedCall served_call(const grpc::CallbackServerContext& context, statement::Kind kind, Lie lie, const Clock& clock) {
  ServedCall call;
  call.id = id_of(context);
  call.kind = kind;
  call.method = method_of(kind);
  call.peer = context.peer();
  call.received = clock.now();
  call.monotonic = clock.monotonic();
  call.deadline = context.deadline();
  call.lie = lie;
  return call;
}

}  // namespace testigo::greeter
