#include "capture/packet_parts.h"

#include <algorithm>

#include "capture/link_layer.h"
#include "wire/tcp/checksum.h"
#include "wire/tcp/packet.h"

namespace testigo::capture {
namespace {

constexpr std::size_t kV4HeaderMin = 20;
constexpr std::size_t kV6Header = 40;
constexpr std::size_t kChecksumAt = 16;  // RFC 9293 section 3.1

// A part of the packet, to be changed.
std::span<std::byte> mutable_part(std::span<std::byte> packet, Bytes part) {
  return packet.subspan(static_cast<std::size_t>(part.data() - packet.data()), part.size());
}

bool is_v4(Bytes ip) { return (std::to_integer<unsigned>(ip[0]) >> 4) == 4; }

std::size_t ip_header_size(Bytes ip) {
  if (ip.empty()) return 0;
  const std::size_t size = is_v4(ip) ? std::max(kV4HeaderMin, (std::to_integer<std::size_t>(ip[0]) & 0xf) * 4) : kV6Header;
  return std::min(size, ip.size());
}

// The addresses count too.
Bytes addresses(Bytes ip) { return is_v4(ip) ? ip.subspan(12, 8) : ip.subspan(8, 32); }

void clear(std::span<std::byte> octets) { std::ranges::fill(octets, std::byte{0}); }

}  // namespace

void clear_behind_headers(std::uint16_t link_type, std::span<std::byte> packet) {
  const auto ip = ip_of(link_type, packet);
  std::size_t kept = 0;
  tcp::Packet tcp_packet;
  if (ip && tcp::read_packet(*ip, tcp_packet) == tcp::PacketKind::Tcp) {
    kept = static_cast<std::size_t>(tcp_packet.payload.data() - packet.data());
  } else if (ip) {
    kept = static_cast<std::size_t>(ip->data() - packet.data()) + ip_header_size(*ip);
  }
  clear(packet.subspan(std::min(kept, packet.size())));
}

void renew_checksum(std::uint16_t link_type, std::span<std::byte> packet) {
  const auto ip = ip_of(link_type, packet);
  tcp::Packet read;
  if (!ip || tcp::read_packet(*ip, read) != tcp::PacketKind::Tcp) return;
  tcp::IpPacket inner;
  tcp::read_ip(*ip, inner);
  for (const Bytes sum : inner.sums()) clear(mutable_part(packet, sum));
  const std::size_t size = inner.carried.size();
  const std::span<std::byte> segment = mutable_part(packet, inner.carried);
  segment[kChecksumAt] = segment[kChecksumAt + 1] = std::byte{0};
  // An extension header may say that the address to sum is another one.
  if (read.cut > 0 || inner.headers.size() != ip_header_size(inner.headers)) return;
  const std::uint64_t sum = ~tcp::folded(tcp::sum_words(addresses(inner.headers)) + tcp::kTcp + size + tcp::sum_words(segment));
  segment[kChecksumAt] = static_cast<std::byte>(sum >> 8);
  segment[kChecksumAt + 1] = static_cast<std::byte>(sum);
}

}  // namespace testigo::capture
