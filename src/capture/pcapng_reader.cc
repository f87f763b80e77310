#include "capture/pcapng_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "capture/pcapng.h"

namespace testigo::capture {
namespace {

using namespace pcapng;

constexpr std::size_t kInterfacesMax = 4096;  // of one section
constexpr std::size_t kPacketBlockBytesMin = kBlockBytesMin + 20;
constexpr std::uint64_t kMagicSwapped = 0x4d3c2b1a;

std::uint64_t power(std::uint64_t base, unsigned exponent) {
  std::uint64_t value = 1;
  for (; exponent > 0; --exponent) value *= base;
  return value;
}

// Where most blocks are packets, the last one was.
CapturedPacket& packet_in(CaptureBlock& block) {
  auto* const last = std::get_if<CapturedPacket>(&block);
  return last != nullptr ? *last : block.emplace<CapturedPacket>();
}

// if_tsresol: a negative power of 10, or of 2 when the highest bit is set. 0 when it is finer than we count.
std::uint64_t ticks_per_second(std::uint8_t resolution) {
  const unsigned exponent = resolution & 0x7f;
  if (resolution & 0x80) return exponent < 64 ? power(2, exponent) : 0;
  return exponent < 20 ? power(10, exponent) : 0;
}

}  // namespace

bool PcapngReader::begins(Bytes octets) {
  return load_number(octets.data(), 4) == static_cast<std::uint32_t>(BlockType::SectionHeader);
}

// What most blocks are: a whole packet in which nothing is wrong. False, and nothing is taken, of anything else; `read_any` says
// what.
[[gnu::always_inline]] inline bool PcapngReader::read_usual_packet(CaptureBlock& block) {
  const Bytes rest = this->rest();
  if (!in_section_ || !trouble().empty() || rest.size() < kPacketBlockBytesMin) return false;
  const std::byte* const at = rest.data();
  const std::size_t length = word(at + 4), interface = word(at + 8), size = word(at + 20);
  const std::size_t length_most = std::min(rest.size(), block_bytes_max_);
  if (word(at) != static_cast<std::uint32_t>(BlockType::EnhancedPacket) || length % 4 != 0 || length > length_most) return false;
  if (length != kPacketBlockBytesMin + padded(size) || word(at + length - 4) != length || interface >= interfaces_.size())
    return false;
  take(length);
  const Interface& of = interfaces_[interface];
  CapturedPacket& packet = packet_in(block);
  packet.number = ++packets_;
  packet.link_type = of.link_type;
  packet.original_length = word(at + 24);
  const std::uint64_t ticks = std::uint64_t{word(at + 12)} << 32 | word(at + 16);
  if (of.counts_nanoseconds()) {
    packet.time.emplace(Duration(static_cast<std::int64_t>(ticks)));
  } else {
    packet.time = time_of(of, ticks);
  }
  packet.octets = Bytes(at + 28, size);
  packet.comment = {};
  return true;
}

ReadBlock PcapngReader::next(CaptureBlock& block) { return read_usual_packet(block) ? ReadBlock::Done : read_any(block); }

ReadBlock PcapngReader::read_any(CaptureBlock& block) {
  if (!trouble().empty()) return ReadBlock::Malformed;
  const Bytes rest = this->rest();
  if (rest.size() < kBlockBytesMin) return ReadBlock::NeedMore;
  // The type of a section header reads the same in both byte orders, and its magic says which one holds from there on.
  const bool section = begins(rest);
  if (section ? !read_byte_order(rest) : !in_section_) return malformed("this is no pcapng file, or it is damaged");
  const auto type = static_cast<std::uint32_t>(number(rest, 0, 4));
  const std::size_t length = number(rest, 4, 4);
  if (length < kBlockBytesMin || length % 4 != 0) return malformed(fmt::format("a block says that it is {} octets long", length));
  if (length > block_bytes_max_)
    return malformed(fmt::format("a block of {} octets is over the limit of {}", length, block_bytes_max_));
  if (rest.size() < length) return ReadBlock::NeedMore;
  if (number(rest, length - 4, 4) != length) return malformed("the two lengths of a block differ");
  take(length);
  return read_block(type, rest.subspan(8, length - kBlockBytesMin), block);
}

bool PcapngReader::read_byte_order(Bytes start) {
  const std::uint64_t magic = load_number(start.data() + 8, 4);
  little_endian_ = magic == kMagicSwapped;
  return little_endian_ || magic == kByteOrderMagic;
}

ReadBlock PcapngReader::read_block(std::uint32_t type, Bytes body, CaptureBlock& block) {
  switch (static_cast<BlockType>(type)) {
    case BlockType::EnhancedPacket:
      return read_packet(body, block, 4);
    case BlockType::SectionHeader:
      return read_section(body, block);
    case BlockType::InterfaceDescription:
      block = OtherBlock{};
      return read_interface(body);
    case BlockType::InterfaceStatistics:
      return read_statistics(body, block);
    case BlockType::ObsoletePacket:
      return read_packet(body, block, 2);
    case BlockType::SimplePacket:
      block = CapturedPacket{++packets_, 0, 0, {}, {}, {}};
      return ReadBlock::Done;
  }
  block = OtherBlock{};
  return ReadBlock::Done;
}

ReadBlock PcapngReader::read_section(Bytes body, CaptureBlock& block) {
  if (body.size() < 16) return malformed("a section header is too short");
  const std::uint64_t major = number(body, 4, 2);
  if (major != kMajor) return malformed(fmt::format("pcapng version {} is not known", major));
  in_section_ = true;
  interfaces_.clear();
  const Bytes options = body.subspan(16);
  block = SectionStart{as_text(option(options, static_cast<std::uint16_t>(Option::Application))),
                       as_text(option(options, static_cast<std::uint16_t>(Option::Comment)))};
  return ReadBlock::Done;
}

ReadBlock PcapngReader::read_interface(Bytes body) {
  if (body.size() < 8) return malformed("an interface description is too short");
  if (interfaces_.size() == kInterfacesMax) return malformed("too many interfaces");
  Interface interface;
  interface.link_type = static_cast<std::uint16_t>(number(body, 0, 2));
  const Bytes resolution = option(body.subspan(8), static_cast<std::uint16_t>(Option::TimeResolution));
  if (resolution.size() == 1) interface.ticks_per_second = ticks_per_second(std::to_integer<std::uint8_t>(resolution[0]));
  const Bytes offset = option(body.subspan(8), static_cast<std::uint16_t>(Option::TimeOffset));
  if (offset.size() == 8) interface.offset_seconds = static_cast<std::int64_t>(number(offset, 0, 8));
  interfaces_.push_back(interface);
  return ReadBlock::Done;
}

ReadBlock PcapngReader::read_packet(Bytes body, CaptureBlock& block, std::size_t interface_bytes) {
  if (body.size() < 20) return malformed("a packet block is too short");
  const std::size_t interface = number(body, 0, interface_bytes);
  const std::size_t size = number(body, 12, 4);
  if (interface >= interfaces_.size()) return malformed(fmt::format("a packet names interface {}, which there is not", interface));
  if (padded(size) > body.size() - 20) return malformed("a packet is longer than its block");
  const std::uint64_t ticks = number(body, 4, 4) << 32 | number(body, 8, 4);
  const Bytes options = body.subspan(20 + padded(size));
  block = CapturedPacket{++packets_,
                         interfaces_[interface].link_type,
                         number(body, 16, 4),
                         time_of(interfaces_[interface], ticks),
                         body.subspan(20, size),
                         as_text(option(options, static_cast<std::uint16_t>(Option::Comment)))};
  return ReadBlock::Done;
}

ReadBlock PcapngReader::read_statistics(Bytes body, CaptureBlock& block) {
  if (body.size() < 12) return malformed("a statistics block is too short");
  const Bytes received = option(body.subspan(12), static_cast<std::uint16_t>(Option::PacketsReceived));
  CaptureStatistics statistics;
  if (received.size() == 8) statistics.packets_received = number(received, 0, 8);
  block = statistics;
  return ReadBlock::Done;
}

// The value of the first option of that code; nothing when there is none, or the options are damaged before it.
Bytes PcapngReader::option(Bytes options, std::uint16_t code) const {
  while (options.size() >= 4) {
    const std::uint64_t at_hand = number(options, 0, 2);
    const std::size_t size = number(options, 2, 2);
    if (at_hand == 0 || padded(size) > options.size() - 4) break;
    if (at_hand == code) return options.subspan(4, size);
    options = options.subspan(4 + padded(size));
  }
  return {};
}

std::optional<Time> PcapngReader::time_of(const Interface& interface, std::uint64_t ticks) {
  constexpr std::uint64_t kMicrosecondsMax = std::uint64_t{1} << 53;
  const std::uint64_t per_second = interface.ticks_per_second;
  if (per_second == 0) return std::nullopt;
  if (interface.counts_nanoseconds()) return Time(Duration(static_cast<std::int64_t>(ticks)));
  if (per_second == 1'000'000 && interface.offset_seconds == 0 && ticks < kMicrosecondsMax) {  // as most others write them
    return Time(Duration(static_cast<std::int64_t>(ticks * 1000)));
  }
  using Wide = __int128;
  const Wide seconds = Wide{ticks / per_second} + interface.offset_seconds;
  const Wide nanoseconds = seconds * 1'000'000'000 + Wide{ticks % per_second} * 1'000'000'000 / per_second;
  if (nanoseconds > std::numeric_limits<std::int64_t>::max() || nanoseconds < std::numeric_limits<std::int64_t>::min())
    return std::nullopt;
  return Time(Duration(static_cast<std::int64_t>(nanoseconds)));
}

}  // namespace testigo::capture
