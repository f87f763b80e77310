#include "wire/tcp/tunnel.h"

#include <algorithm>
#include <array>

namespace testigo::tcp {
namespace {

constexpr std::uint64_t kVxlan = 4789, kGeneve = 6081, kEspInUdp = 4500, kWireGuard = 51820;
constexpr std::uint64_t kL2tp = 1701, kGtpU = 2152, kTeredo = 3544, kGreInUdp = 4754, kVxlanGpe = 4790, kGue = 6080, kMpls = 6635;
constexpr std::array kTunnelPorts = {kVxlan, kVxlanOfLinux, kGeneve,   kEspInUdp, kWireGuard, kL2tp,
                                     kGtpU,  kTeredo,       kGreInUdp, kVxlanGpe, kGue,       kMpls};

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

bool is_geneve(Bytes data) { return data.size() >= 8 && number(data, 0, 1) >> 6 == 0 && number(data, 7, 1) == 0; }

Inside in_geneve(Bytes data) {
  const std::size_t header = 8 + 4 * (number(data, 0, 1) & 0x3f);
  return data.size() < header ? Inside{{}, kCutHeader} : ip_behind(number(data, 2, 2), data.subspan(header));
}

// A form of `data` that the number of its port alone would not prove; of `announced` octets eight are there at least.
using IsForm = bool (*)(Bytes data, std::size_t announced);

bool has_vxlan_number(Bytes data, std::size_t) { return (number(data, 0, 1) & 0x08) != 0; }

bool names_what_geneve_holds(Bytes data, std::size_t) {
  constexpr std::array kTypes = {kEtherBridged, kEtherIpv4, kEtherIpv6};
  return std::ranges::find(kTypes, number(data, 2, 2)) != kTypes.end();
}

// VXLAN-GPE: that it has a number, or a protocol.
bool is_gpe(Bytes data, std::size_t) { return (number(data, 0, 1) & 0xf2) == 0 && (number(data, 0, 1) & 0x0c) != 0; }

// 3GPP TS 29.281 5.1: version 1, and a packet of the user's.
bool is_gtp_u(Bytes data, std::size_t announced) {
  return (number(data, 0, 1) & 0xf8) == 0x30 && number(data, 1, 1) == 0xff && number(data, 2, 2) + 8 == announced;
}

// RFC 2661 3.1, RFC 3931 4.1.2: data of the versions 2 and 3, without bits that are reserved.
bool is_l2tp_data(Bytes data, std::size_t) {
  const std::uint64_t flags = number(data, 0, 2);
  return (flags & 0xb4ff) == 2 || flags == 3;
}

bool is_mpls(Bytes data, std::size_t) {
  const Inside behind = ip_behind(0x8847, data);
  return !behind.ip.empty() || !behind.unread.empty();
}

// RFC 8086: version 0, no bit that is reserved.
bool is_gre_in_udp(Bytes data, std::size_t) { return (number(data, 0, 2) & 0x4fff) == 0; }

// Of version 0, data that lead to IP, Ethernet or MPLS; of version 1, IP itself.
bool is_gue(Bytes data, std::size_t) {
  constexpr std::array<std::uint64_t, 7> kProtocols = {kIpv4InIp, kTcp, kIpv6InIp, kGre, 97, 137, 143};
  const std::uint64_t first = number(data, 0, 1);
  if (first >> 5 == 0) return std::ranges::find(kProtocols, number(data, 1, 1)) != kProtocols.end();
  return first == 0x45 || first >> 4 == 6;
}

// RFC 4380 5.1.1: IPv6, perhaps behind the origin. What has no next header, or is ICMP, keeps the way open.
bool is_teredo(Bytes data, std::size_t announced) {
  constexpr std::size_t kOrigin = 8, kV6Header = 40;
  const std::size_t before = number(data, 0, 2) == 0 ? kOrigin : 0;
  if (data.size() < before + 7 || number(data, before, 1) >> 4 != 6) return false;
  const std::uint64_t next = number(data, before + 6, 1);
  return number(data, before + 4, 2) + kV6Header + before == announced && next != 58 && next != 59;
}

struct Noted {
  std::uint64_t port;
  bool of_source;  // it may be the sender's
  IsForm is_form;
  std::string_view name;
};

constexpr std::array kNoted = {
    Noted{kVxlan, false, has_vxlan_number, "VXLAN of another form"},
    Noted{kVxlanOfLinux, false, has_vxlan_number, "VXLAN of another form"},
    Noted{kGeneve, false, names_what_geneve_holds, "GENEVE of another form"},
    Noted{kVxlanGpe, false, is_gpe, "VXLAN-GPE"},
    Noted{kGtpU, true, is_gtp_u, "GTP-U"},
    Noted{kL2tp, true, is_l2tp_data, "L2TP"},
    Noted{kMpls, false, is_mpls, "MPLS in UDP"},
    Noted{kGreInUdp, false, is_gre_in_udp, "GRE in UDP"},
    Noted{kGue, false, is_gue, "GUE"},
    Noted{kTeredo, true, is_teredo, "Teredo"},
};

// What a well-known service answers goes to a port that says nothing.
std::string_view noted(std::uint64_t source, std::uint64_t destination, Bytes data, std::size_t announced) {
  constexpr std::uint64_t kWellKnownMax = 1023;
  if (data.size() < 8 || source <= kWellKnownMax || destination <= kWellKnownMax) return {};
  const auto at = std::ranges::find_if(kNoted, [&](const Noted& each) {
    const bool on_port = destination == each.port || (each.of_source && source == each.port);
    return on_port && each.is_form(data, announced);
  });
  return at == kNoted.end() ? std::string_view() : at->name;
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
    return {ip_behind(kEtherBridged, data.subspan(8)), sum, destination == kVxlanOfLinux};
  }
  if (destination == kGeneve && is_geneve(data)) return {in_geneve(data), sum};
  // RFC 3948 2: what begins with zeros negotiates keys, and one octet keeps the way open.
  if (is_on(kEspInUdp) && data.size() >= 8 && number(data, 0, 4) != 0) return unread(kEsp);
  const bool is_data = data.size() >= 4 && data.size() + cut > 32 && number(data, 0, 4) == 0x04000000;
  if (is_on(kWireGuard) && is_data) return unread("WireGuard (encrypted)");
  return unread(noted(source, destination, data, data.size() + cut));
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
    case 94:
      return unread("IP in IP of KA9Q");
    case 97:
    case 143:
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
