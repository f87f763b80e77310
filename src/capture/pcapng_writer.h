// Packets → the octets of a pcapng file of one section and one interface, for times in nanoseconds. See
// docs/formats/wire-pcapng.md.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/clock.h"

namespace testigo::capture {

class PcapngWriter {
 public:
  // Appends the headers to `out`, and all that follows; whoever owns `out` empties it as it likes. `out` must outlive the writer.
  PcapngWriter(std::vector<std::byte>& out, std::string_view comment, std::uint16_t link_type);

  // Appends one packet, of which `octets` may be the first ones only; a comment belongs to it. Gives its octets in `out`: until
  // anything is done to that, they may still be changed.
  std::span<std::byte> packet(Time time, Bytes octets, std::size_t original_length, std::string_view comment = {});

  // Appends the mark by which a reader knows that the file is whole: statistics that count its packets.
  void end();

  std::uint64_t packets() const { return packets_; }

 private:
  std::vector<std::byte>& out_;
  std::uint64_t packets_ = 0;
  Time last_;
};

}  // namespace testigo::capture
