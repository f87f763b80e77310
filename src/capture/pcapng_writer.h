// Packets → the octets of a pcapng file of one section and one interface, for times in nanoseconds. See
// docs/formats/wire-pcapng.md.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "wire/tcp/packet.h"

namespace testigo::capture {

class PcapngWriter {
 public:
  // Appends the headers to `out`, and all that follows; whoever owns `out` empties it as it likes. `out` must outlive the writer.
  explicit PcapngWriter(std::vector<std::byte>& out);

  // Appends one packet and says its number, from 1. A comment belongs to the packet.
  std::uint64_t packet(Time time, const tcp::Packet& packet, std::string_view comment = {});

  // Appends the mark by which a reader knows that the file is whole: statistics that count its packets.
  void end();

  std::uint64_t packets() const { return packets_; }

 private:
  std::vector<std::byte>& out_;
  std::uint64_t packets_ = 0;
  Time last_;
};

}  // namespace testigo::capture
