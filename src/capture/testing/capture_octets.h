// Packets of TCP as somebody's capture file holds them: of several formats and link types, compressed or not; and read from one.
#pragma once

#include <gtest/gtest.h>
#include <zlib.h>

#include <array>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "capture/capture_file.h"
#include "capture/link_layer.h"
#include "capture/pcapng_writer.h"
#include "wire/tcp/packet.h"

namespace testigo::capture::testing {

// A packet that owns its payload.
struct Segment {
  Time time;
  tcp::Packet head;  // its payload is that of `octets` when it is written
  std::vector<std::byte> octets;
  std::string comment;
};
using Segments = std::vector<Segment>;

inline Segments segments_of(const std::filesystem::path& file) {
  Segments segments;
  CaptureFiles(std::array{file}).read_packets([&](const CapturedPacket& captured) {
    Segment segment{*captured.time, {}, {}, std::string(captured.comment)};
    const auto ip = ip_of(captured.link_type, captured.octets);
    ASSERT_TRUE(ip && tcp::read_packet(*ip, segment.head) == tcp::PacketKind::Tcp) << "packet " << captured.number;
    append(segment.octets, segment.head.payload);
    segments.push_back(std::move(segment));
  });
  return segments;
}

enum class FileFormat : std::uint8_t { Pcapng, Pcap, PcapInGzip };

// A header of that link layer in front of an IP packet.
inline std::vector<std::byte> link_header(LinkType link, bool v4) {
  const std::string type = v4 ? "0800" : "86dd";
  switch (link) {
    case LinkType::Ethernet:
      return from_hex("020000000002 020000000001" + type);
    case LinkType::LinuxSll:
      return from_hex("0000 0001 0006 020000000001 0000" + type);
    case LinkType::LinuxSll2:
      return from_hex(type + "0000 00000001 0001 00 06 020000000001 0000");
    case LinkType::Null:
      return from_hex(v4 ? "02000000" : "0a000000");
    default:
      return {};
  }
}

inline std::vector<std::byte> frame_of(const Segment& segment, LinkType link) {
  tcp::Packet packet = segment.head;
  packet.payload = segment.octets;
  std::vector<std::byte> frame = link_header(link, packet.source.is_v4());
  tcp::append_packet(packet, frame);
  return frame;
}

inline std::vector<std::byte> pcapng_of(const Segments& segments, LinkType link) {
  std::vector<std::byte> file;
  PcapngWriter writer(file, {}, static_cast<std::uint16_t>(link));
  for (const Segment& segment : segments) {
    const std::vector<std::byte> frame = frame_of(segment, link);
    writer.packet(segment.time, frame, frame.size(), segment.comment);
  }
  writer.end();
  return file;
}

// In network order, times in nanoseconds.
inline std::vector<std::byte> pcap_of(const Segments& segments, LinkType link) {
  constexpr std::uint64_t kSecond = 1'000'000'000;
  std::vector<std::byte> file = from_hex("a1b23c4d 0002 0004 00000000 00000000 00040000");
  append_number(file, static_cast<std::uint64_t>(link), 4);
  for (const Segment& segment : segments) {
    const std::vector<std::byte> frame = frame_of(segment, link);
    const auto time = static_cast<std::uint64_t>(segment.time.time_since_epoch().count());
    for (const std::uint64_t number : {time / kSecond, time % kSecond, frame.size(), frame.size()}) append_number(file, number, 4);
    append(file, frame);
  }
  return file;
}

inline std::vector<std::byte> gzip_of(Bytes plain) {
  z_stream stream{};
  EXPECT_EQ(::deflateInit2(&stream, Z_BEST_SPEED, Z_DEFLATED, MAX_WBITS + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
  std::vector<std::byte> out(::deflateBound(&stream, plain.size()));
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<std::byte*>(plain.data()));  // NOLINT: zlib only reads it
  stream.avail_in = static_cast<uInt>(plain.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  EXPECT_EQ(::deflate(&stream, Z_FINISH), Z_STREAM_END);
  out.resize(stream.total_out);
  ::deflateEnd(&stream);
  return out;
}

inline std::vector<std::byte> file_of(const Segments& segments, FileFormat format = FileFormat::Pcapng,
                                      LinkType link = LinkType::Raw) {
  if (format == FileFormat::Pcapng) return pcapng_of(segments, link);
  const std::vector<std::byte> pcap = pcap_of(segments, link);
  return format == FileFormat::Pcap ? pcap : gzip_of(pcap);
}

}  // namespace testigo::capture::testing
