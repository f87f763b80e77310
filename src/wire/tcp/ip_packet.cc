#include "wire/tcp/ip_packet.h"

#include <algorithm>

#include "wire/tcp/tunnel.h"

namespace testigo::tcp {
namespace {

constexpr std::size_t kV4Header = 20;
constexpr std::size_t kV6Header = 40;
constexpr std::uint8_t kFragmentHeader = 44;
constexpr int kTunnelsMax = 4;  // in each other; two are seen in data centers

std::size_t number(Bytes octets, std::size_t at, std::size_t size) { return load_number(octets.data() + at, size); }

std::uint8_t protocol_at(Bytes octets, std::size_t at) { return std::to_integer<std::uint8_t>(octets[at]); }

// `announced` octets follow the headers, says the packet; what is there may end before, or with padding.
void take_carried(IpPacket& packet, Bytes there, std::size_t announced) {
  packet.carried = there.first(std::min(announced, there.size()));
  packet.cut = announced - packet.carried.size();
}

PacketKind kind_of(const IpPacket& packet) { return packet.protocol == kTcp ? PacketKind::Tcp : PacketKind::Other; }

// Of a part: what it is of may hold TCP, itself or in a tunnel.
bool leads_to_tcp(std::uint8_t protocol) {
  constexpr std::array kLeading = {kTcp, kUdp, kIpv4InIp, kIpv6InIp, kGre, kAuthentication};
  return std::ranges::find(kLeading, protocol) != kLeading.end();
}

void pass_header(IpPacket& packet, std::size_t size) {
  packet.protocol = protocol_at(packet.carried, 0);
  packet.headers = Bytes(packet.headers.data(), packet.headers.size() + size);
  packet.carried = packet.carried.subspan(size);
}

// RFC 4302 2: its length is in words of 4 octets, and two less than it has.
bool pass_authentication(IpPacket& packet) {
  constexpr std::size_t kFixed = 12;
  if (packet.carried.size() < kFixed) return false;
  const std::size_t size = 4 * (number(packet.carried, 1, 1) + 2);
  if (size < kFixed || size > packet.carried.size() || !packet.add_sum(packet.carried.subspan(kFixed, size - kFixed))) return false;
  pass_header(packet, size);
  return true;
}

PacketKind read_v4(Bytes octets, IpPacket& packet) {
  if (octets.size() < kV4Header) return PacketKind::Malformed;
  const std::size_t header = (number(octets, 0, 1) & 0xf) * 4;
  std::size_t total = number(octets, 2, 2);
  if (total == 0) total = octets.size();  // the network card was to cut and number it (TSO)
  if (header < kV4Header || header > octets.size() || total < header) return PacketKind::Malformed;
  const std::size_t part = number(octets, 6, 2);
  packet.identification = static_cast<std::uint32_t>(number(octets, 4, 2));
  packet.more = (part & 0x2000) != 0;
  packet.offset = (part & 0x1fff) * 8;
  packet.protocol = protocol_at(octets, 9);
  packet.source = v4_address(octets.data() + 12);
  packet.destination = v4_address(octets.data() + 16);
  packet.v4 = true;
  packet.headers = octets.first(header);
  take_carried(packet, octets.subspan(header), total - header);
  if (packet.more || packet.offset != 0) return leads_to_tcp(packet.protocol) ? PacketKind::Fragment : PacketKind::Other;
  while (packet.protocol == kAuthentication) {
    if (!pass_authentication(packet)) return PacketKind::Malformed;
  }
  return kind_of(packet);
}

bool is_skipped_extension(std::uint8_t protocol) {
  return protocol == 0 || protocol == 43 || protocol == kFragmentHeader || protocol == 60;
}

// Where neither more is to come nor is there an offset, the packet is whole in spite of its fragment header (RFC 6946).
bool read_fragment_header(Bytes header, IpPacket& packet) {
  const std::size_t part = number(header, 2, 2);
  packet.more = (part & 1) != 0;
  packet.offset = part & 0xfff8;
  packet.identification = static_cast<std::uint32_t>(number(header, 4, 4));
  return packet.more || packet.offset != 0;
}

// Extension headers that change nothing for us: hop-by-hop, routing, fragment, destination options (RFC 8200 4).
PacketKind skip_extensions(IpPacket& packet) {
  while (is_skipped_extension(packet.protocol) || packet.protocol == kAuthentication) {
    if (packet.protocol == kAuthentication) {
      if (!pass_authentication(packet)) return PacketKind::Malformed;
      continue;
    }
    if (packet.carried.size() < 8) return PacketKind::Malformed;
    const bool fragment_header = packet.protocol == kFragmentHeader;
    const std::size_t size = fragment_header ? 8 : 8 + 8 * number(packet.carried, 1, 1);
    if (size > packet.carried.size()) return PacketKind::Malformed;
    const bool part = fragment_header && read_fragment_header(packet.carried, packet);
    pass_header(packet, size);
    if (!part) continue;
    const bool leads = leads_to_tcp(packet.protocol) || is_skipped_extension(packet.protocol);
    return leads ? PacketKind::Fragment : PacketKind::Other;
  }
  return kind_of(packet);
}

PacketKind read_v6(Bytes octets, IpPacket& packet) {
  if (octets.size() < kV6Header) return PacketKind::Malformed;
  packet.v4 = false;
  packet.source = v6_address(octets.data() + 8);
  packet.destination = v6_address(octets.data() + 24);
  packet.protocol = protocol_at(octets, 6);
  packet.headers = octets.first(kV6Header);
  const std::size_t announced = number(octets, 4, 2);
  const Bytes rest = octets.subspan(kV6Header);
  take_carried(packet, rest, announced == 0 ? rest.size() : announced);
  return skip_extensions(packet);
}

PacketKind read_outermost(Bytes octets, IpPacket& packet) {
  const std::size_t version = octets.empty() ? 0 : number(octets, 0, 1) >> 4;
  if (version == 4) return read_v4(octets, packet);
  if (version == 6) return read_v6(octets, packet);
  return PacketKind::Malformed;
}

}  // namespace

PacketKind read_ip(Bytes octets, IpPacket& packet) {
  packet = {};
  for (int tunnels = 0;; ++tunnels) {
    const PacketKind kind = read_outermost(octets, packet);
    if (kind != PacketKind::Other) return kind;
    const auto [inside, sum, vxlan_of_linux] = tunneled(packet);
    packet.vxlan_of_linux |= vxlan_of_linux;
    packet.unread = tunnels == kTunnelsMax && !inside.ip.empty() ? "too many tunnels in each other" : inside.unread;
    if (inside.ip.empty() || tunnels == kTunnelsMax) return kind;
    if (!sum.empty() && !packet.add_sum(sum)) return PacketKind::Malformed;
    octets = inside.ip;
  }
}

}  // namespace testigo::tcp
