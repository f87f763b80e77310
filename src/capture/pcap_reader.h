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

  void feed(Bytes octets) override;
  ReadBlock next(CaptureBlock& block) override;
  const std::string& trouble() const override { return trouble_; }
  std::size_t pending() const override { return buffer_.size() - at_; }

 private:
  std::uint64_t number(Bytes octets, std::size_t at, std::size_t size) const;
  ReadBlock malformed(std::string trouble);
  ReadBlock read_header(Bytes header);
  ReadBlock read_packet(Bytes header, Bytes octets, CaptureBlock& block);

  std::size_t packet_bytes_max_;
  std::vector<std::byte> buffer_;
  std::size_t at_ = 0;
  bool in_packets_ = false;  // the file's header was read
  bool little_endian_ = false;
  std::int64_t nanoseconds_per_tick_ = 1000;
  std::uint16_t link_type_ = 0;
  std::uint64_t packets_ = 0;
  std::string trouble_;
};

}  // namespace testigo::capture
