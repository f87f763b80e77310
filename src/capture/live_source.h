// A live network interface: packets as they pass, through libpcap. It only listens.
//
// One thread. What stands between the network and us is the kernel's ring, which is bounded: packets that find no room in it are
// dropped, and `counts` says how many.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/clock.h"

namespace testigo::capture {

struct LiveOptions {
  std::string interface;                           // "lo", "eth0"; "any": all of them
  std::string filter;                              // of the user, in the language of BPF; may be empty
  std::size_t ring_bytes = std::size_t{64} << 20;  // less where the system refuses
};

struct LivePacket {
  Time time;
  Bytes octets;                     // from the link layer on; borrowed
  std::size_t original_length = 0;  // more than `octets` when it was cut
  std::string_view comment = {};    // of a packet from a capture file
};

// Throws UsageError, with libpcap's own words, when no link type knows such a filter. Needs no permission.
void check_filter(const std::string& filter);

class LiveSource {
 public:
  // Opens; what passes from now on is kept until it is read. Throws EnvironmentError (no such interface, no permission), and
  // UsageError when the filter does not suit this interface. Filters are narrowed to TCP.
  explicit LiveSource(const LiveOptions& options);
  ~LiveSource();
  LiveSource(const LiveSource&) = delete;
  LiveSource& operator=(const LiveSource&) = delete;

  // As pcapng files know it; one that `ip_of` reads.
  std::uint16_t link_type() const;

  // From now on another one, also for packets that wait. Throws UsageError.
  void set_filter(const std::string& filter);

  // Hands over what waits, a ring's worth at most; waits for `patience` when there is nothing. Returns how many there were. A
  // signal ends the waiting.
  using Take = std::function<void(const LivePacket&)>;
  std::size_t read(Duration patience, const Take& take);

  // Why nothing comes any more: the interface has vanished. Nothing while all is well.
  const std::optional<std::string>& trouble() const;

  struct Counts {
    std::uint64_t read = 0;
    std::uint64_t dropped = 0;  // by the kernel or the interface
  };
  Counts counts() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace testigo::capture
