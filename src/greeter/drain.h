// The end of a server: no new calls, those in flight have a grace, and nobody else holds it back.
//
// gRPC's own shutdown waits for each connection to answer a PING behind its GOAWAY (RFC 9113 section 6.8); one whose peer does
// not, such as the probe of a port or a client that is stopped (SIGSTOP), would use up the whole grace although it carries no call.
#pragma once

#include <grpcpp/server.h>

#include <atomic>
#include <cstdint>

#include "base/clock.h"

namespace testigo::greeter {

// The greeter's calls that a handler has and has not finished; health watches, which never end by themselves, are none of them.
// When the shutdown has begun gRPC hands over no others, not even a unary one whose request is still on its way: it is refused.
using OpenCalls = std::atomic<std::uint64_t>;

// Returns when every connection is closed and every handler is done.
void drain(grpc::Server& server, const OpenCalls& open_calls, Duration grace);

}  // namespace testigo::greeter
