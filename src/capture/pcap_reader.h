// The octets of a pcap file (draft-ietf-opsawg-pcap) → its packets. Untrusted input, cut anywhere; both byte orders, microseconds
// and nanoseconds.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/limits.h"
#include "capture/block_reader.h"

namespace testigo::capture {

class PcapReader final : public BlockReader {
 public:
  explicit PcapReader(const Limits& limits = {}) : packet_bytes_max_(limits.capture_block_bytes_max) {}

  // True when a file that begins so is one; four octets tell.
  static bool begins(Bytes octets);

  ReadBlock next(CaptureBlock& block) override;

 private:
  ReadBlock read_header(Bytes header);
  ReadBlock read_packet(Bytes header, Bytes octets, CaptureBlock& block);

  std::size_t packet_bytes_max_;
  bool in_packets_ = false;  // the file's header was read
  std::int64_t nanoseconds_per_tick_ = 1000;
  std::uint16_t link_type_ = 0;
};

}  // namespace testigo::capture
