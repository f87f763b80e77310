// What a capture file is made of, whatever its format, and what reads one format.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "base/bytes.h"
#include "base/clock.h"

namespace testigo::capture {

// Texts and octets are borrowed until the reader's next call.
struct SectionStart {
  std::string_view application;
  std::string_view comment;
};

struct CapturedPacket {
  std::uint64_t number = 0;  // from 1, as Wireshark numbers them
  std::uint16_t link_type = 0;
  bool cut = false;          // there was more of it than was captured
  std::optional<Time> time;  // nothing when the block holds none, or it is out of range
  Bytes octets;
  std::string_view comment;
};

struct CaptureStatistics {
  std::optional<std::uint64_t> packets_received;
};

struct OtherBlock {};

using CaptureBlock = std::variant<OtherBlock, SectionStart, CapturedPacket, CaptureStatistics>;

// After Malformed there is nothing more; `trouble` says why.
enum class ReadBlock : std::uint8_t { Done, NeedMore, Malformed };

class BlockReader {
 public:
  virtual ~BlockReader() = default;
  // Takes the next octets, copied; cutting them elsewhere changes nothing.
  virtual void feed(Bytes octets) = 0;
  virtual ReadBlock next(CaptureBlock& block) = 0;
  virtual const std::string& trouble() const = 0;
  // Octets of something that is not whole yet.
  virtual std::size_t pending() const = 0;
};

}  // namespace testigo::capture
