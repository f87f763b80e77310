// One IP packet (RFC 791, RFC 8200), a whole one or a part of one, read from untrusted octets.
#pragma once

#include <cstdint>

#include "base/bytes.h"
#include "wire/tcp/endpoint.h"

namespace testigo::tcp {

enum class PacketKind : std::uint8_t {
  Tcp,
  Other,      // well formed as far as it was read, and not TCP
  Fragment,   // a part of an IP packet that holds TCP
  Malformed,  // contradicts itself, or ends inside a header
};

struct IpPacket {
  Address source;
  Address destination;
  std::uint8_t protocol = 0;  // of what it carries
  Bytes headers;              // borrowed: all before that; of a part in IPv6, its fragment header is the last
  Bytes carried;              // borrowed
  std::size_t cut = 0;        // octets of it that the header announces and that are not there

  // Of a part:
  bool v4 = true;
  bool more = false;       // it is not the last one
  std::size_t offset = 0;  // of what it carries, in what the whole packet carries
  std::uint32_t identification = 0;
};

// `Tcp`: it is whole and carries TCP, which was not looked at. Extension headers of IPv6 that change nothing for us are passed
// over.
PacketKind read_ip(Bytes octets, IpPacket& packet);

}  // namespace testigo::tcp
