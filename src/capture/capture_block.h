// What a capture file is made of, whatever its format: the values that the readers of pcap and pcapng yield.
#pragma once

#include <cstdint>
#include <optional>
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
  std::optional<Time> time;  // nothing when the block holds none, or it is out of range
  Bytes octets;
  std::string_view comment;
};

struct CaptureStatistics {
  std::optional<std::uint64_t> packets_received;
};

struct OtherBlock {};

using CaptureBlock = std::variant<OtherBlock, SectionStart, CapturedPacket, CaptureStatistics>;

// After Malformed there is nothing more; the reader's `trouble` says why.
enum class ReadBlock : std::uint8_t { Done, NeedMore, Malformed };

}  // namespace testigo::capture
