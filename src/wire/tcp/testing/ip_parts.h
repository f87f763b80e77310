// Cuts IP packets into parts, as a router would (RFC 791, RFC 8200 4.5).
#pragma once

#include <cstdint>
#include <vector>

#include "base/bytes.h"
#include "wire/tcp/checksum.h"

namespace testigo::tcp::testing {

// The part of a packet without options or extension headers that carries what begins at `offset` of what it carries, a multiple
// of 8.
inline std::vector<std::byte> part_of(Bytes packet, std::size_t offset, std::size_t size, std::uint32_t identification = 7) {
  const bool v4 = std::to_integer<unsigned>(packet[0]) >> 4 == 4;
  const std::size_t header = v4 ? 20 : 40;
  const Bytes carried = packet.subspan(header);
  size = std::min(size, carried.size() - offset);
  const bool more = offset + size < carried.size();
  std::vector<std::byte> part;
  if (v4) {
    append(part, packet.first(2));
    append_number(part, header + size, 2);
    append_number(part, identification, 2);
    append_number(part, offset / 8 | (more ? 0x2000 : 0), 2);
    append(part, packet.subspan(8, 2));
    append_number(part, 0, 2);
    append(part, packet.subspan(12, 8));
    const std::uint64_t sum = ~folded(sum_words(part));
    part[10] = static_cast<std::byte>(sum >> 8);
    part[11] = static_cast<std::byte>(sum);
  } else {
    append(part, packet.first(4));
    append_number(part, 8 + size, 2);
    append_number(part, 44, 1);
    append(part, packet.subspan(7, 33));
    append(part, packet.subspan(6, 1));
    append_number(part, 0, 1);
    append_number(part, offset | (more ? 1 : 0), 2);
    append_number(part, identification, 4);
  }
  append(part, carried.subspan(offset, size));
  return part;
}

inline std::vector<std::vector<std::byte>> parts_of(Bytes packet, std::size_t size, std::uint32_t identification = 7) {
  const std::size_t carried = packet.size() - (std::to_integer<unsigned>(packet[0]) >> 4 == 4 ? 20 : 40);
  std::vector<std::vector<std::byte>> parts;
  for (std::size_t offset = 0; offset < carried; offset += size) parts.push_back(part_of(packet, offset, size, identification));
  return parts;
}

}  // namespace testigo::tcp::testing
