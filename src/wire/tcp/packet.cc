#include "wire/tcp/packet.h"
#include "wire/tcp/checksum.h"

namespace testigo::tcp {
namespace {

constexpr std::size_t kV4Header = 20;
constexpr std::size_t kV6Header = 40;
constexpr std::size_t kTcpHeader = 20;
constexpr std::uint8_t kTcp = 6;
constexpr std::uint8_t kFin = 1, kSyn = 2, kRst = 4, kPsh = 8, kAck = 16;
// MSS 65495, as loopback says it; NOP; window scale 14 (RFC 7323 2.2).
constexpr std::array<std::byte, 8> kSynOptions{std::byte{2}, std::byte{4}, std::byte{0xff}, std::byte{0xd7},
                                               std::byte{1}, std::byte{3}, std::byte{3},    std::byte{14}};

std::size_t number(Bytes octets, std::size_t at, std::size_t size) { return load_number(octets.data() + at, size); }

// What an IP packet carries, and how much of it is missing at its end.
struct Carried {
  std::uint8_t protocol = 0;
  Bytes octets;
  std::size_t cut = 0;
};

// `announced` octets follow, says the header; `there` are there, perhaps with padding.
Carried carried(std::uint8_t protocol, Bytes there, std::size_t announced) {
  if (announced > there.size()) return {protocol, there, announced - there.size()};
  return {protocol, there.first(announced), 0};
}

PacketKind read_v4(Bytes octets, Packet& packet, Carried& inside) {
  if (octets.size() < kV4Header) return PacketKind::Malformed;
  const std::size_t header = (number(octets, 0, 1) & 0xf) * 4;
  std::size_t total = number(octets, 2, 2);
  if (total == 0) total = octets.size();  // the network card was to cut and number it (TSO)
  if (header < kV4Header || header > octets.size() || total < header) return PacketKind::Malformed;
  const bool fragment = (number(octets, 6, 2) & 0x3fff) != 0;  // more to come, or an offset
  if (fragment) return std::to_integer<std::uint8_t>(octets[9]) == kTcp ? PacketKind::Fragment : PacketKind::Other;
  packet.source = v4_address(octets.data() + 12);
  packet.destination = v4_address(octets.data() + 16);
  inside = carried(std::to_integer<std::uint8_t>(octets[9]), octets.subspan(header), total - header);
  return PacketKind::Tcp;
}

constexpr std::uint8_t kFragmentHeader = 44;

bool is_skipped_extension(std::uint8_t protocol) {
  return protocol == 0 || protocol == 43 || protocol == kFragmentHeader || protocol == 60;
}

bool may_lead_to_tcp(std::uint8_t protocol) { return protocol == kTcp || is_skipped_extension(protocol); }

// More to come, or an offset; else the packet is whole in spite of its fragment header (RFC 6946).
bool is_part(Bytes fragment_header) { return (number(fragment_header, 2, 2) & 0xfff9) != 0; }

// Extension headers that change nothing for us: hop-by-hop, routing, fragment, destination options (RFC 8200 4).
PacketKind skip_extensions(Carried& inside) {
  while (is_skipped_extension(inside.protocol)) {
    if (inside.octets.size() < 8) return PacketKind::Malformed;
    const bool fragment_header = inside.protocol == kFragmentHeader;
    if (fragment_header && is_part(inside.octets))
      return may_lead_to_tcp(std::to_integer<std::uint8_t>(inside.octets[0])) ? PacketKind::Fragment : PacketKind::Other;
    const std::size_t size = fragment_header ? 8 : 8 + 8 * number(inside.octets, 1, 1);
    if (size > inside.octets.size()) return PacketKind::Malformed;
    inside.protocol = std::to_integer<std::uint8_t>(inside.octets[0]);
    inside.octets = inside.octets.subspan(size);
  }
  return PacketKind::Tcp;
}

PacketKind read_v6(Bytes octets, Packet& packet, Carried& inside) {
  if (octets.size() < kV6Header) return PacketKind::Malformed;
  packet.source = v6_address(octets.data() + 8);
  packet.destination = v6_address(octets.data() + 24);
  const std::size_t announced = number(octets, 4, 2);
  const Bytes rest = octets.subspan(kV6Header);
  inside = carried(std::to_integer<std::uint8_t>(octets[6]), rest, announced == 0 ? rest.size() : announced);
  return skip_extensions(inside);
}

PacketKind read_ip(Bytes octets, Packet& packet, Carried& inside) {
  const std::size_t version = octets.empty() ? 0 : number(octets, 0, 1) >> 4;
  if (version == 4) return read_v4(octets, packet, inside);
  if (version == 6) return read_v6(octets, packet, inside);
  return PacketKind::Malformed;
}

PacketKind read_tcp(const Carried& inside, Packet& packet) {
  const Bytes octets = inside.octets;
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
  packet.cut = inside.cut;
  return PacketKind::Tcp;
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
  Carried inside;
  packet = {};
  const PacketKind kind = read_ip(octets, packet, inside);
  if (kind != PacketKind::Tcp) return kind;
  return inside.protocol == kTcp ? read_tcp(inside, packet) : PacketKind::Other;
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
