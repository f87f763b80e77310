// What an IP packet carries that is no transport: another IP packet, in a tunnel. Untrusted input.
#pragma once

#include <optional>

#include "wire/tcp/ether_type.h"
#include "wire/tcp/ip_packet.h"

namespace testigo::tcp {

constexpr std::uint64_t kVxlanOfLinux = 8472;

struct Tunneled {
  Inside inside;
  Bytes sum;                    // borrowed: a checksum over it
  bool vxlan_of_linux = false;  // on the port that others do not take for VXLAN's
};

// Of what an IP packet with UDP carries: a port of it is a tunnel's. Nothing where the ports are not there.
std::optional<bool> is_on_tunnel_port(Bytes udp);

// Read are IP in IP (RFC 2003, 2473, 4213), GRE (RFC 2784, 2890), VXLAN (RFC 7348) and GENEVE (RFC 8926) on their ports, and in
// them whatever `ip_behind` finds.
Tunneled tunneled(const IpPacket& packet);

}  // namespace testigo::tcp
