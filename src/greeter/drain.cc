#include "greeter/drain.h"

#include <grpc/grpc.h>

#include <chrono>
#include <future>

namespace testigo::greeter {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;
using std::chrono::system_clock;

constexpr Duration kFarewell = milliseconds(500);  // what peers have, when no call is open, to take their leave
constexpr Duration kPoll = milliseconds(5);

}  // namespace

void drain(grpc::Server& server, const OpenCalls& open_calls, Duration grace) {
  const auto deadline = system_clock::now() + std::chrono::ceil<system_clock::duration>(grace);
  auto ended = std::async(std::launch::async, [&server, deadline] { server.Shutdown(deadline); });
  auto last_open = steady_clock::now();
  while (ended.wait_for(kPoll) != std::future_status::ready) {
    if (open_calls > 0) last_open = steady_clock::now();
    if (steady_clock::now() - last_open >= kFarewell) ::grpc_server_cancel_all_calls(server.c_server());
  }
}

}  // namespace testigo::greeter
