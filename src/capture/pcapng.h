// The numbers of pcapng (draft-ietf-opsawg-pcapng) that we write and read.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

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

constexpr std::uint16_t kLinkRaw = 101;  // packets begin with the IP header

// What our section headers say. A reader knows by the application and how the comment begins what it has.
constexpr std::string_view kApplication = "testigo";
constexpr std::string_view kReconstructed =
    "reconstructed by testigo tap: octets and times as carried; IP and TCP headers are made";
constexpr std::string_view kCaptured = "captured by testigo watch: packets as seen";
// What it goes on with, in this order.
constexpr std::string_view kSecretsMasked = "; secrets masked";
constexpr std::string_view kWithoutBodies = "; without message bodies";
constexpr std::string_view kContinues = "; continues, its first packet is ";  // and the number that it has in the run

constexpr std::size_t padded(std::size_t size) { return (size + 3) & ~std::size_t{3}; }

}  // namespace testigo::capture::pcapng
