// What an EtherType announces (IEEE 802): the IP packet behind it, in a frame, or in a tunnel that speaks of EtherTypes. Untrusted
// input.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/bytes.h"

namespace testigo::tcp {

constexpr std::uint64_t kEtherIpv4 = 0x0800, kEtherIpv6 = 0x86dd;
constexpr std::uint64_t kEtherBridged = 0x6558;  // an Ethernet frame, from its addresses on (RFC 1701)
constexpr std::string_view kCutHeader = "a header that was cut";

struct Inside {
  Bytes ip;                 // borrowed: from the IP header on, with what may stand behind the packet; empty: none was found
  std::string_view unread;  // then: what may hold one and is not read; empty: there is none
};

// `type` says what `octets` are. Passed over, up to a bound: VLAN tags (802.1Q, 802.1ad), labels of MPLS (RFC 3032), sessions of
// PPPoE (RFC 2516), 802.2 with SNAP (RFC 1042) behind a length, and bridged Ethernet.
Inside ip_behind(std::uint64_t type, Bytes octets);

}  // namespace testigo::tcp
