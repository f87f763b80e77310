#include "wire/tcp/tunnel.h"

#include <algorithm>
#include <array>

namespace testigo::tcp {
namespace {

constexpr std::uint64_t kVxlan = 4789, kVxlanOfLinux = 8472, kGeneve = 6081, kEspInUdp = 4500, kWireGuard = 51820;
constexpr std::array kTunnelPorts = {kVxlan, kVxlanOfLinux, kGeneve, kEspInUdp, kWireGuard};

constexpr std::string_view kEsp = "IPsec ESP (encrypted)";

std::uint64_t number(Bytes octets, std::size_t at, std::size_t size) { return load_number(octets.data() + at, size); }

Tunneled unread(std::string_view what) { return {{{}, what}, {}}; }

Tunneled in_gre(Bytes octets) {
  constexpr std::uint64_t kChecksum = 0x8000, kRouting = 0x4000, kKey = 0x2000, kSequence = 0x1000, kVersion = 0x0007;
  if (octets.size() < 4) return unread(kCutHeader);
  const std::uint64_t flags = number(octets, 0, 2);
  if ((flags & kVersion) == 1) return unread("GRE of PPTP");
  if ((flags & (kRouting | kVersion)) != 0) return unread("GRE of another form");
  const auto has = [flags](std::uint64_t flag) { return (flags & flag) != 0 ? std::size_t{4} : std::size_t{0}; };
  const std::size_t header = 4 + has(kChecksum) + has(kKey) + has(kSequence);
  if (octets.size() < header) return unread(kCutHeader);
  return {ip_behind(number(octets, 2, 2), octets.subspan(header)), octets.subspan(4, has(kChecksum) / 2)};
}

// Its flags say that it has a number, and perhaps a group; what is reserved is zero.
bool is_vxlan(Bytes data) { return data.size() >= 8 && (number(data, 0, 1) & 0x7f) == 0x08 && number(data, 7, 1) == 0; }

Inside in_geneve(Bytes data) {
  if (data.size() < 8 || number(data, 0, 1) >> 6 != 0 || number(data, 7, 1) != 0) return {};
  const std::size_t header = 8 + 4 * (number(data, 0, 1) & 0x3f);
  return data.size() < header ? Inside{{}, kCutHeader} : ip_behind(number(data, 2, 2), data.subspan(header));
}

constexpr std::size_t kUdpPorts = 4;

bool is_of_tunnel(std::uint64_t port) { return std::ranges::find(kTunnelPorts, port) != kTunnelPorts.end(); }

// `cut` octets of it are not there. What is told of a header that was cut is so where its ports are a tunnel's, or not there.
Tunneled in_udp(Bytes octets, std::size_t cut) {
  constexpr std::size_t kHeader = 8, kTunnelHeader = 8;
  if (octets.size() < kUdpPorts) return cut > 0 ? unread(kCutHeader) : Tunneled{};
  const std::uint64_t source = number(octets, 0, 2), destination = number(octets, 2, 2);
  if (octets.size() < kHeader + kTunnelHeader && cut > 0) {
    const bool announced = octets.size() + cut >= kHeader + kTunnelHeader;
    return announced && *is_on_tunnel_port(octets) ? unread(kCutHeader) : Tunneled{};
  }
  if (octets.size() < kHeader) return {};
  const Bytes data = octets.subspan(kHeader), sum = octets.subspan(6, 2);
  const auto is_on = [&](std::uint64_t port) { return source == port || destination == port; };
  if ((destination == kVxlan || destination == kVxlanOfLinux) && is_vxlan(data)) {
    return {ip_behind(kEtherBridged, data.subspan(8)), sum};
  }
  if (destination == kGeneve) return {in_geneve(data), sum};
  // RFC 3948 2: what begins with zeros negotiates keys, and one octet keeps the way open.
  if (is_on(kEspInUdp) && data.size() >= 8 && number(data, 0, 4) != 0) return unread(kEsp);
  const bool is_data = data.size() >= 4 && data.size() + cut > 32 && number(data, 0, 4) == 0x04000000;
  if (is_on(kWireGuard) && is_data) return unread("WireGuard (encrypted)");
  return {};
}

}  // namespace

std::optional<bool> is_on_tunnel_port(Bytes udp) {
  if (udp.size() < kUdpPorts) return std::nullopt;
  return is_of_tunnel(number(udp, 0, 2)) || is_of_tunnel(number(udp, 2, 2));
}

Tunneled tunneled(const IpPacket& packet) {
  switch (packet.protocol) {
    case kIpv4InIp:
    case kIpv6InIp:
      return packet.carried.empty() && packet.cut > 0 ? unread(kCutHeader) : Tunneled{{packet.carried, {}}, {}};
    case kGre:
      return in_gre(packet.carried);
    case kUdp:
      return in_udp(packet.carried, packet.cut);
    case 50:
      return unread(kEsp);
    case 55:
      return unread("minimal encapsulation in IP");
    case 97:
      return unread("Ethernet in IP");
    case 108:
      return unread("IPComp (compressed)");
    case 115:
      return unread("L2TP");
    case 137:
      return unread("MPLS in IP");
    default:
      return {};
  }
}

}  // namespace testigo::tcp
