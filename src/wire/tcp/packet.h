// One IP packet that carries TCP (RFC 791, RFC 8200, RFC 9293): read from untrusted octets, and written with correct checksums.
#pragma once

#include <cstdint>
#include <vector>

#include "base/bytes.h"
#include "wire/tcp/endpoint.h"
#include "wire/tcp/ip_packet.h"

namespace testigo::tcp {

struct Packet {
  Address source;
  Address destination;
  std::uint16_t source_port = 0;
  std::uint16_t destination_port = 0;
  std::uint32_t sequence = 0;
  std::uint32_t acknowledgement = 0;  // means nothing without `ack`
  bool syn = false;
  bool ack = false;
  bool fin = false;
  bool rst = false;
  bool psh = false;
  Bytes payload;        // borrowed
  std::size_t cut = 0;  // octets of the payload that the IP header announces and that are not there
  friend bool operator==(const Packet&, const Packet&) = default;
};

// Reads one that begins with its IP header; where it says no `Tcp`, it may be half read. Checksums are not judged: cards make them.
PacketKind read_packet(Bytes octets, Packet& packet);

// How many octets `append_packet` appends. It must be less than 64 KiB.
std::size_t packet_size(const Packet& packet);

// As IPv4 when both addresses are, else as IPv6. A SYN announces a window scale of 14: no window of ours is ever full.
void append_packet(const Packet& packet, std::vector<std::byte>& out);

}  // namespace testigo::tcp
