// One IP packet (RFC 791, RFC 8200), a whole one or a part of one, read from untrusted octets. Of one in a tunnel (tunnel.h) it is
// the one inside, however many are around it, up to a bound.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

#include "base/bytes.h"
#include "wire/tcp/endpoint.h"

namespace testigo::tcp {

enum class PacketKind : std::uint8_t {
  Tcp,
  Other,      // well formed as far as it was read, and not TCP
  Fragment,   // a part of an IP packet that may hold TCP
  Malformed,  // contradicts itself, or ends inside a header
};

// What IP says it carries.
constexpr std::uint8_t kIpv4InIp = 4, kTcp = 6, kUdp = 17, kIpv6InIp = 41, kGre = 47, kAuthentication = 51;

struct IpPacket {
  Address source;
  Address destination;
  std::uint8_t protocol = 0;  // of what it carries
  Bytes headers;              // borrowed: all before that; of a part in IPv6, its fragment header is the last
  Bytes carried;              // borrowed
  std::size_t cut = 0;        // octets of it that the header announces and that are not there

  bool vxlan_of_linux = false;  // around it is one (tunnel.h)

  std::string_view unread;  // of `Other`: what it carries that is not read and may hold TCP; empty: none

  // In what is around it, octets that tell of what it carries: checksums of tunnels, and proofs of Authentication Headers.
  std::span<const Bytes> sums() const { return std::span(sums_).first(sum_count_); }
  // False: there are too many.
  bool add_sum(Bytes octets) {
    if (sum_count_ == sums_.size()) return false;
    sums_[sum_count_++] = octets;
    return true;
  }

  // Of a part:
  bool v4 = true;
  bool more = false;       // it is not the last one
  std::size_t offset = 0;  // of what it carries, in what the whole packet carries
  std::uint32_t identification = 0;

 private:
  std::array<Bytes, 8> sums_;  // nobody nests as many
  std::size_t sum_count_ = 0;
};

// `Tcp`: it is whole and carries TCP, which was not looked at. Extension headers of IPv6 that change nothing for us, and
// Authentication Headers (RFC 4302), are passed over.
PacketKind read_ip(Bytes octets, IpPacket& packet);

}  // namespace testigo::tcp
