#include "capture/pcap_reader.h"

#include <fmt/format.h>

namespace testigo::capture {
namespace {

// The magic number as it stands in the file; the writer's byte order shows in it.
constexpr std::uint32_t kMicroseconds = 0xa1b2c3d4, kMicrosecondsLittle = 0xd4c3b2a1;
constexpr std::uint32_t kNanoseconds = 0xa1b23c4d, kNanosecondsLittle = 0x4d3cb2a1;
constexpr std::size_t kFileHeader = 24;
constexpr std::size_t kPacketHeader = 16;
constexpr std::uint64_t kMajor = 2;
constexpr std::int64_t kNanosecondsPerSecond = 1'000'000'000;

std::uint32_t magic_of(Bytes octets) { return static_cast<std::uint32_t>(load_number(octets.data(), 4)); }

}  // namespace

bool PcapReader::begins(Bytes octets) {
  const std::uint32_t magic = magic_of(octets);
  return magic == kMicroseconds || magic == kMicrosecondsLittle || magic == kNanoseconds || magic == kNanosecondsLittle;
}

ReadBlock PcapReader::next(CaptureBlock& block) {
  if (!trouble().empty()) return ReadBlock::Malformed;
  Bytes rest = this->rest();
  if (!in_packets_) {
    if (rest.size() < kFileHeader) return ReadBlock::NeedMore;
    take(kFileHeader);
    block = SectionStart{};
    return read_header(rest.first(kFileHeader));
  }
  if (rest.size() < kPacketHeader) return ReadBlock::NeedMore;
  const Bytes header = rest.first(kPacketHeader);
  rest = rest.subspan(kPacketHeader);
  const std::size_t size = number(header, 8, 4);
  if (size > packet_bytes_max_)
    return malformed(fmt::format("a packet of {} octets is over the limit of {}", size, packet_bytes_max_));
  if (rest.size() < size) return ReadBlock::NeedMore;
  take(kPacketHeader + size);
  return read_packet(header, rest.first(size), block);
}

// The upper bits of the link type say whether frames end in a check sequence; that is behind what IP announces, and not read.
ReadBlock PcapReader::read_header(Bytes header) {
  if (!begins(header)) return malformed("this is no pcap file");
  const std::uint32_t magic = magic_of(header);
  little_endian_ = magic == kMicrosecondsLittle || magic == kNanosecondsLittle;
  nanoseconds_per_tick_ = magic == kNanoseconds || magic == kNanosecondsLittle ? 1 : 1000;
  if (const std::uint64_t major = number(header, 4, 2); major != kMajor)
    return malformed(fmt::format("pcap version {} is not known", major));
  link_type_ = static_cast<std::uint16_t>(number(header, 20, 4));
  in_packets_ = true;
  return ReadBlock::Done;
}

ReadBlock PcapReader::read_packet(Bytes header, Bytes octets, CaptureBlock& block) {
  const auto seconds = static_cast<std::int64_t>(number(header, 0, 4));
  const auto ticks = static_cast<std::int64_t>(number(header, 4, 4));
  const Time time(Duration(seconds * kNanosecondsPerSecond + ticks * nanoseconds_per_tick_));
  block = CapturedPacket{++packets_, link_type_, number(header, 12, 4), time, octets, {}};
  return ReadBlock::Done;
}

}  // namespace testigo::capture
