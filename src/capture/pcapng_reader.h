// The octets of a pcapng file → its packets, and what its headers and statistics say. Untrusted input, cut anywhere; both byte
// orders; several sections and interfaces; blocks of other types are passed over.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/limits.h"
#include "capture/block_reader.h"

namespace testigo::capture {

class PcapngReader final : public BlockReader {
 public:
  // True when a file that begins so is one; four octets tell.
  static bool begins(Bytes octets);

  explicit PcapngReader(const Limits& limits = {}) : block_bytes_max_(limits.capture_block_bytes_max) {}

  ReadBlock next(CaptureBlock& block) override;

 private:
  struct Interface {
    std::uint16_t link_type = 0;
    std::uint64_t ticks_per_second = 1'000'000;
    std::int64_t offset_seconds = 0;
    // As we write them: the sign included.
    bool counts_nanoseconds() const { return ticks_per_second == 1'000'000'000 && offset_seconds == 0; }
  };
  bool read_byte_order(Bytes start);
  bool read_usual_packet(CaptureBlock& block);
  ReadBlock read_any(CaptureBlock& block);
  ReadBlock read_block(std::uint32_t type, Bytes body, CaptureBlock& block);
  ReadBlock read_section(Bytes body, CaptureBlock& block);
  ReadBlock read_interface(Bytes body);
  // The obsolete block has the interface in two octets, and a count of drops in the next two.
  ReadBlock read_packet(Bytes body, CaptureBlock& block, std::size_t interface_bytes);
  ReadBlock read_statistics(Bytes body, CaptureBlock& block);
  Bytes option(Bytes options, std::uint16_t code) const;
  static std::optional<Time> time_of(const Interface& interface, std::uint64_t ticks);

  std::size_t block_bytes_max_;
  bool in_section_ = false;
  std::vector<Interface> interfaces_;
};

}  // namespace testigo::capture
