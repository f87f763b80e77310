// The numbers of pcapng (draft-ietf-opsawg-pcapng) that we write and read.
#pragma once

#include <cstddef>
#include <cstdint>

namespace testigo::capture::pcapng {

enum class BlockType : std::uint32_t {
  InterfaceDescription = 1,
  ObsoletePacket = 2,
  SimplePacket = 3,
  InterfaceStatistics = 5,
  EnhancedPacket = 6,
  SectionHeader = 0x0a0d0d0a,
};

enum class Option : std::uint16_t {
  End = 0,
  Comment = 1,
  Application = 4,      // of a section header
  TimeResolution = 9,   // of an interface
  TimeOffset = 14,      // of an interface
  PacketsReceived = 4,  // of statistics
};

constexpr std::uint32_t kByteOrderMagic = 0x1a2b3c4d;
constexpr std::uint16_t kMajor = 1;
constexpr std::size_t kBlockBytesMin = 12;  // type, length, length again

// Link types whose packets begin with the IP header.
constexpr std::uint16_t kLinkRaw = 101;
constexpr std::uint16_t kLinkV4 = 228;
constexpr std::uint16_t kLinkV6 = 229;

// What our section headers say. A reader knows a reconstructed capture by both.
constexpr const char* kApplication = "testigo";
constexpr const char* kReconstructed = "reconstructed by testigo tap: octets and times as carried; IP and TCP headers are made";

constexpr std::size_t padded(std::size_t size) { return (size + 3) & ~std::size_t{3}; }

}  // namespace testigo::capture::pcapng
