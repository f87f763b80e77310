// What a link layer carries: the IP packet inside of a frame, whichever way the frame was captured. Untrusted input.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/bytes.h"

namespace testigo::capture {

// The link types that are read (their numbers in pcapng files, and libpcap's own for what it delivers live).
enum class LinkType : std::uint16_t {
  Null = 0,  // BSD loopback: the address family in the byte order of whoever captured
  Ethernet = 1,
  OldRaw = 12,  // libpcap's own numbers for packets that begin with the IP header
  OldRawBsd = 14,
  Raw = 101,
  Loop = 108,  // OpenBSD loopback: the address family in network order
  LinuxSll = 113,
  Ipv4 = 228,
  Ipv6 = 229,
  LinuxSll2 = 276,
};

bool is_known_link_type(std::uint16_t link_type);

// The octets from the IP header on, with what padding the frame may hold behind the packet. Nothing when the frame carries
// something else, is too short to tell, or its link type is not read. What stands between is passed over (wire/tcp/ether_type.h).
std::optional<Bytes> ip_of(std::uint16_t link_type, Bytes packet);

// Of a packet in which no TCP was found: what it carries that is not read and may hold TCP, as "IPsec ESP (encrypted)". Empty:
// none.
std::string_view unread_in(std::uint16_t link_type, Bytes packet);

}  // namespace testigo::capture
