#include "wire/tcp/packet.h"

#include "wire/tcp/checksum.h"

namespace testigo::tcp {
namespace {

constexpr std::size_t kV4Header = 20;
constexpr std::size_t kV6Header = 40;
constexpr std::size_t kTcpHeader = 20;
constexpr std::uint8_t kFin = 1, kSyn = 2, kRst = 4, kPsh = 8, kAck = 16;
// MSS 65495, as loopback says it; NOP; window scale 14 (RFC 7323 2.2).
constexpr std::array<std::byte, 8> kSynOptions{std::byte{2}, std::byte{4}, std::byte{0xff}, std::byte{0xd7},
                                               std::byte{1}, std::byte{3}, std::byte{3},    std::byte{14}};

std::size_t number(Bytes octets, std::size_t at, std::size_t size) { return load_number(octets.data() + at, size); }

inline PacketKind read_tcp(Bytes octets, Packet& packet) {
  if (octets.size() < kTcpHeader) return PacketKind::Malformed;
  const std::size_t header = (number(octets, 12, 1) >> 4) * 4;
  if (header < kTcpHeader || header > octets.size()) return PacketKind::Malformed;
  const auto flags = std::to_integer<std::uint8_t>(octets[13]);
  packet.source_port = static_cast<std::uint16_t>(number(octets, 0, 2));
  packet.destination_port = static_cast<std::uint16_t>(number(octets, 2, 2));
  packet.sequence = static_cast<std::uint32_t>(number(octets, 4, 4));
  packet.acknowledgement = static_cast<std::uint32_t>(number(octets, 8, 4));
  packet.fin = flags & kFin;
  packet.syn = flags & kSyn;
  packet.rst = flags & kRst;
  packet.psh = flags & kPsh;
  packet.ack = flags & kAck;
  packet.payload = octets.subspan(header);
  return PacketKind::Tcp;
}

// Most packets are there as a whole, carry TCP, and have no options or extension headers. What such a one carries; nothing of any
// other.
Bytes plainly_carried(Bytes octets, Packet& packet) {
  if (octets.size() < kV4Header) return {};
  const std::byte* const at = octets.data();
  if (at[0] == std::byte{0x45}) {
    const std::size_t total = number(octets, 2, 2);
    const bool part = (number(octets, 6, 2) & 0x3fff) != 0;
    if (part || at[9] != std::byte{kTcp} || total <= kV4Header || total > octets.size()) return {};
    packet.source = v4_address(at + 12);
    packet.destination = v4_address(at + 16);
    packet.cut = 0;
    return octets.subspan(kV4Header, total - kV4Header);
  }
  if (octets.size() < kV6Header || (at[0] >> 4) != std::byte{6} || at[6] != std::byte{kTcp}) return {};
  const std::size_t announced = number(octets, 4, 2);
  if (announced == 0 || announced > octets.size() - kV6Header) return {};
  packet.source = v6_address(at + 8);
  packet.destination = v6_address(at + 24);
  packet.cut = 0;
  return octets.subspan(kV6Header, announced);
}

bool as_v4(const Packet& packet) { return packet.source.is_v4() && packet.destination.is_v4(); }

std::size_t tcp_size(const Packet& packet) { return kTcpHeader + (packet.syn ? kSynOptions.size() : 0) + packet.payload.size(); }

void put_checksum(std::vector<std::byte>& out, std::size_t at, std::uint64_t sum) {
  sum = folded(sum);
  out[at] = static_cast<std::byte>(~sum >> 8);
  out[at + 1] = static_cast<std::byte>(~sum);
}

void append_v4_header(const Packet& packet, std::vector<std::byte>& out) {
  const std::size_t from = out.size();
  append_number(out, 0x4500, 2);
  append_number(out, kV4Header + tcp_size(packet), 2);
  append_number(out, 0x00004000, 4);  // no identification is needed where fragmenting is forbidden (RFC 6864)
  append_number(out, 64, 1);
  append_number(out, kTcp, 1);
  append_number(out, 0, 2);
  append(out, Bytes(packet.source.octets).subspan(12));
  append(out, Bytes(packet.destination.octets).subspan(12));
  put_checksum(out, from + 10, sum_words(Bytes(out).subspan(from)));
}

void append_v6_header(const Packet& packet, std::vector<std::byte>& out) {
  append_number(out, 0x60000000, 4);
  append_number(out, tcp_size(packet), 2);
  append_number(out, kTcp, 1);
  append_number(out, 64, 1);
  append(out, packet.source.octets);
  append(out, packet.destination.octets);
}

std::uint8_t flags_of(const Packet& packet) {
  return static_cast<std::uint8_t>((packet.fin ? kFin : 0) | (packet.syn ? kSyn : 0) | (packet.rst ? kRst : 0) |
                                   (packet.psh ? kPsh : 0) | (packet.ack ? kAck : 0));
}

void append_tcp_header(const Packet& packet, std::vector<std::byte>& out) {
  append_number(out, packet.source_port, 2);
  append_number(out, packet.destination_port, 2);
  append_number(out, packet.sequence, 4);
  append_number(out, packet.acknowledgement, 4);
  append_number(out, (kTcpHeader + (packet.syn ? kSynOptions.size() : 0)) / 4 << 4, 1);
  append_number(out, flags_of(packet), 1);
  append_number(out, 0xffff, 2);
  append_number(out, 0, 4);
  if (packet.syn) append(out, kSynOptions);
}

// RFC 9293 3.1: addresses, protocol and length count too.
std::uint64_t sum_pseudo_header(const Packet& packet) {
  const std::size_t skipped = as_v4(packet) ? 12 : 0;
  return sum_words(Bytes(packet.source.octets).subspan(skipped)) + sum_words(Bytes(packet.destination.octets).subspan(skipped)) +
         kTcp + tcp_size(packet);
}

}  // namespace

PacketKind read_packet(Bytes octets, Packet& packet) {
  if (const Bytes carried = plainly_carried(octets, packet); !carried.empty()) return read_tcp(carried, packet);
  IpPacket ip;
  const PacketKind kind = read_ip(octets, ip);
  if (kind != PacketKind::Tcp) return kind;
  packet.source = ip.source;
  packet.destination = ip.destination;
  packet.cut = ip.cut;
  return read_tcp(ip.carried, packet);
}

std::size_t packet_size(const Packet& packet) { return (as_v4(packet) ? kV4Header : kV6Header) + tcp_size(packet); }

void append_packet(const Packet& packet, std::vector<std::byte>& out) {
  if (as_v4(packet)) {
    append_v4_header(packet, out);
  } else {
    append_v6_header(packet, out);
  }
  const std::size_t from = out.size();
  append_tcp_header(packet, out);
  append(out, packet.payload);
  put_checksum(out, from + 16, sum_pseudo_header(packet) + sum_words(Bytes(out).subspan(from)));
}

}  // namespace testigo::tcp
