// The verdict on traffic of which only the wire is known: "this traffic is gRPC by the specification". For `tap`, later `watch`.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "call/event.h"
#include "check/tally.h"
#include "verdict/claim.h"

namespace testigo::verdict {

// What was seen, in numbers: memory does not grow with calls.
struct Traffic {
  std::uint64_t connections = 0;
  std::uint64_t http2_connections = 0;  // both openings
  std::uint64_t tls_connections = 0;
  std::uint64_t incomplete_connections = 0;  // octets are missing, or calls were not followed
  std::uint64_t calls = 0;
  std::uint64_t grpc_calls = 0;
  std::uint64_t ok = 0;
  std::uint64_t failed = 0;
  // Of connections whose client spoke HTTP/2 and whose server did not, or whose client did not: the first ones.
  std::vector<Exhibit> not_http2;
  std::uint64_t not_http2_total = 0;
};

class TrafficWitness final : public call::Sink {
 public:
  void on_call(const call::CallClosed& closed) override;
  void on_connection_closed(const call::ConnectionClosed& closed) override;

  const Traffic& traffic() const { return traffic_; }

 private:
  Traffic traffic_;
};

Verdict judge_traffic(const Traffic& traffic, const check::Tally& checks, std::vector<diagnose::Cause> causes);

// Findings of grade E as exhibits, for the claim that the traffic keeps the specification.
std::vector<Exhibit> error_exhibits(const check::Tally& checks);

}  // namespace testigo::verdict
