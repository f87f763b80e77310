#include "capture/link_layer.h"

#include <algorithm>
#include <array>

#include "wire/tcp/ether_type.h"
#include "wire/tcp/ip_packet.h"

namespace testigo::capture {
namespace {

std::optional<std::uint64_t> number(Bytes octets, std::size_t at, std::size_t size) {
  if (octets.size() < at + size) return std::nullopt;
  return load_number(octets.data() + at, size);
}

// What follows the header, when the version in its first octet is what the link layer announced.
std::optional<Bytes> ip(Bytes octets, std::uint64_t version) {
  if (octets.empty() || std::to_integer<std::uint64_t>(octets[0]) >> 4 != version) return std::nullopt;
  return octets;
}

std::optional<Bytes> any_ip(Bytes octets) {
  const auto version = octets.empty() ? 0 : std::to_integer<unsigned>(octets[0]) >> 4;
  if (version != 4 && version != 6) return std::nullopt;
  return octets;
}

// `type` is the EtherType of what begins at `at`.
std::optional<Bytes> by_ether_type(std::optional<std::uint64_t> type, Bytes octets, std::size_t at) {
  if (!type || at > octets.size()) return std::nullopt;
  if (*type == tcp::kEtherIpv4) return ip(octets.subspan(at), 4);
  if (*type == tcp::kEtherIpv6) return ip(octets.subspan(at), 6);
  const tcp::Inside inside = tcp::ip_behind(*type, octets.subspan(at));
  return inside.ip.empty() ? std::nullopt : std::optional(inside.ip);
}

std::string_view unread_behind(std::optional<std::uint64_t> type, Bytes octets, std::size_t at) {
  return type && at <= octets.size() ? tcp::ip_behind(*type, octets.subspan(at)).unread : std::string_view();
}

// The family's number differs from system to system (AF_INET6 is 10, 24, 28 or 30), and its byte order with the machine; so does
// the version in the IP header say it.
std::optional<Bytes> behind_family(Bytes octets) {
  constexpr std::size_t kFamilyBytes = 4;
  if (octets.size() < kFamilyBytes) return std::nullopt;
  return any_ip(octets.subspan(kFamilyBytes));
}

}  // namespace

bool is_known_link_type(std::uint16_t link_type) {
  using enum LinkType;
  constexpr std::array kKnown = {Null, Ethernet, OldRaw, OldRawBsd, Raw, Loop, LinuxSll, Ipv4, Ipv6, LinuxSll2};
  return std::ranges::find(kKnown, static_cast<LinkType>(link_type)) != kKnown.end();
}

std::optional<Bytes> ip_of(std::uint16_t link_type, Bytes packet) {
  switch (static_cast<LinkType>(link_type)) {
    case LinkType::Null:
    case LinkType::Loop:
      return behind_family(packet);
    case LinkType::Ethernet:
      return by_ether_type(number(packet, 12, 2), packet, 14);
    case LinkType::LinuxSll:
      return by_ether_type(number(packet, 14, 2), packet, 16);
    case LinkType::LinuxSll2:
      return by_ether_type(number(packet, 0, 2), packet, 20);
    case LinkType::OldRaw:
    case LinkType::OldRawBsd:
    case LinkType::Raw:
      return any_ip(packet);
    case LinkType::Ipv4:
      return ip(packet, 4);
    case LinkType::Ipv6:
      return ip(packet, 6);
  }
  return std::nullopt;
}

std::string_view unread_in(std::uint16_t link_type, Bytes packet) {
  if (const auto ip = ip_of(link_type, packet)) {
    tcp::IpPacket read;
    return tcp::read_ip(*ip, read) == tcp::PacketKind::Other ? read.unread : std::string_view();
  }
  switch (static_cast<LinkType>(link_type)) {
    case LinkType::Ethernet:
      return unread_behind(number(packet, 12, 2), packet, 14);
    case LinkType::LinuxSll:
      return unread_behind(number(packet, 14, 2), packet, 16);
    case LinkType::LinuxSll2:
      return unread_behind(number(packet, 0, 2), packet, 20);
    default:
      return {};
  }
}

}  // namespace testigo::capture
