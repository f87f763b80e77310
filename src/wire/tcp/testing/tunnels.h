// Puts IP packets into others, as gateways do.
#pragma once

#include <string>
#include <vector>

#include "base/bytes.h"

namespace testigo::tcp::testing {

using Octets = std::vector<std::byte>;

inline Octets joined(Octets left, Bytes right) {
  append(left, right);
  return left;
}

// Of IPv4, without a checksum, from 192.0.2.1 to 192.0.2.2.
inline Octets in_v4(std::uint8_t protocol, Bytes carried) {
  Octets packet = from_hex("4500");
  append_number(packet, 20 + carried.size(), 2);
  append_number(packet, 0x00004000, 4);
  append_number(packet, 64, 1);
  append_number(packet, protocol, 1);
  return joined(joined(std::move(packet), from_hex("0000 c0000201 c0000202")), carried);
}

inline Octets in_v6(std::uint8_t protocol, Bytes carried) {
  Octets packet = from_hex("60000000");
  append_number(packet, carried.size(), 2);
  append_number(packet, protocol, 1);
  append_number(packet, 64, 1);
  append(packet, from_hex("fd000000000000000000000000000001 fd000000000000000000000000000002"));
  return joined(std::move(packet), carried);
}

// An Authentication Header, with a proof of 12 octets, in front of what an IP packet carries that has none yet.
inline Octets authenticated(Bytes packet) {
  const bool v4 = std::to_integer<unsigned>(packet[0]) >> 4 == 4;
  const std::size_t header = v4 ? 20 : 40, protocol_at = v4 ? 9 : 6;
  Octets carried = {packet[protocol_at]};
  carried =
      joined(joined(std::move(carried), from_hex("04 0000 00000001 00000002 a1a2a3a4a5a6a7a8a9aaabac")), packet.subspan(header));
  Octets whole = v4 ? in_v4(51, carried) : in_v6(51, carried);
  std::ranges::copy(packet.subspan(v4 ? 12 : 8, v4 ? 8 : 32), whole.begin() + (v4 ? 12 : 8));
  return whole;
}

inline Octets in_udp(std::uint16_t port, Bytes data) {
  Octets udp = from_hex("d431");
  append_number(udp, port, 2);
  append_number(udp, 8 + data.size(), 2);
  append_number(udp, 0xbeef, 2);
  return joined(std::move(udp), data);
}

inline std::string ether_type_of(Bytes packet) { return std::to_integer<unsigned>(packet[0]) >> 4 == 4 ? "0800" : "86dd"; }

inline Octets in_ethernet(Bytes packet) { return joined(from_hex("020000000002 020000000001" + ether_type_of(packet)), packet); }

struct Tunnel {
  const char* name;
  Octets (*into)(Bytes packet);
  bool of_whole = false;  // no part of a packet goes into it
};

// All that are read. Where they hold a sum over what they carry, it is a1a2… or beef.
inline const std::vector<Tunnel>& tunnels() {
  static const std::vector<Tunnel> kAll = {
      {"AH", authenticated, true},
      {"IPv4", [](Bytes packet) { return in_v4(ether_type_of(packet) == "0800" ? 4 : 41, packet); }},
      {"IPv6", [](Bytes packet) { return in_v6(ether_type_of(packet) == "0800" ? 4 : 41, packet); }},
      {"GRE", [](Bytes packet) { return in_v4(47, joined(from_hex("0000" + ether_type_of(packet)), packet)); }},
      {"GRE with all",
       [](Bytes packet) {
         return in_v6(47, joined(from_hex("b000" + ether_type_of(packet) + "beef0000 00000007 00000001"), packet));
       }},
      {"GRE with Ethernet", [](Bytes packet) { return in_v4(47, joined(from_hex("2000 6558 00000007"), in_ethernet(packet))); }},
      {"GRE with MPLS", [](Bytes packet) { return in_v4(47, joined(from_hex("0000 8847 00010140"), packet)); }},
      {"VXLAN", [](Bytes packet) { return in_v4(17, in_udp(4789, joined(from_hex("08000000 00000100"), in_ethernet(packet)))); }},
      {"VXLAN of Linux",
       [](Bytes packet) { return in_v6(17, in_udp(8472, joined(from_hex("88000001 00000100"), in_ethernet(packet)))); }},
      {"GENEVE",
       [](Bytes packet) { return in_v4(17, in_udp(6081, joined(from_hex("0100 6558 00000100 01020304"), in_ethernet(packet)))); }},
      {"four", [](Bytes packet) { return in_v4(4, in_v4(4, in_v4(4, in_v4(ether_type_of(packet) == "0800" ? 4 : 41, packet)))); }},
      {"AH in IP in AH",
       [](Bytes packet) { return authenticated(in_v4(ether_type_of(packet) == "0800" ? 4 : 41, authenticated(packet))); }, true},
  };
  return kAll;
}

}  // namespace testigo::tcp::testing
