// The verdict on traffic of which only the wire is known: "this traffic is gRPC by the specification". For `tap` and `watch`.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "call/event.h"
#include "check/tally.h"
#include "verdict/claim.h"

namespace testigo::verdict {

// A tap was put where gRPC is to pass: whatever else passes breaks the claim. Who listens on an interface hears other people's
// traffic too: what is not HTTP/2, encrypted, or older than the listening is counted, said in a note, and not judged.
enum class Hearing : std::uint8_t { Tap, Interface };

// What was seen, in numbers: memory does not grow with calls.
struct Traffic {
  Hearing hearing = Hearing::Tap;
  std::uint64_t connections = 0;
  std::uint64_t http2_connections = 0;  // both openings
  std::uint64_t tls_connections = 0;
  std::uint64_t incomplete_connections = 0;  // octets are missing, or a limit of ours kept something from being read
  std::uint64_t calls_not_followed = 0;      // by such a limit
  std::uint64_t blocks_beyond_limit = 0;     // header blocks, the same
  std::uint64_t messages_crowded_out = 0;    // not kept whole, for those that were open together held too much
  // Of an interface; they are none of the connections above.
  std::uint64_t other_connections = 0;   // do not speak HTTP/2
  std::uint64_t late_connections = 0;    // not seen from their start
  std::uint64_t silent_connections = 0;  // refused, or without enough octets to tell
  std::uint64_t dropped_packets = 0;     // before anybody saw what was in them; the source fills it in
  std::string trouble;                   // of reading them, inert; the source fills it in
  std::uint64_t calls = 0;
  std::uint64_t grpc_calls = 0;  // on connections that are judged
  std::uint64_t ok = 0;
  std::uint64_t failed = 0;
  // Of connections whose client spoke HTTP/2 and whose server did not, or whose client did not: the first ones.
  std::vector<Exhibit> not_http2;
  std::uint64_t not_http2_total = 0;
};

class TrafficWitness final : public call::Sink {
 public:
  explicit TrafficWitness(Hearing hearing = Hearing::Tap) { traffic_.hearing = hearing; }

  call::Interest hears() const override {
    return {.frames = false, .blocks = false, .messages = false, .side_ends = false, .calls = true};
  }
  void on_call(const call::CallClosed& closed) override;
  void on_connection_closed(const call::ConnectionClosed& closed) override;

  const Traffic& traffic() const { return traffic_; }

 private:
  // True when it is other people's business, and counted.
  bool passes_over(const call::ConnectionView& view);

  Traffic traffic_;
};

// Its notes say what was counted and not judged.
Verdict judge_traffic(const Traffic& traffic, const check::Tally& checks, std::vector<diagnose::Cause> causes);

// Findings of grade E as exhibits, for the claim that the traffic keeps the specification.
std::vector<Exhibit> error_exhibits(const check::Tally& checks);

}  // namespace testigo::verdict
