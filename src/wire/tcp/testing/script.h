// Packets of one server and its clients in a few letters, and what a Reassembly tells of them.
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/limits.h"
#include "wire/tcp/reassembly.h"
#include "wire/tcp/testing/recorded_sink.h"

namespace testigo::tcp::testing {

using Lines = std::vector<std::string>;

// A packet in a few letters: who sends it, flags, sequence and acknowledgement as octets since the SYN (which is -1), payload.
struct P {
  char from;  // 'c', 's'
  const char* flags;
  int seq;
  int ack;
  std::string payload = {};
  std::uint16_t client_port = 1000;
};

// Both directions start near the end of the sequence numbers, so that every test sees them wrap.
constexpr std::uint32_t kClientBase = 0xfffffffd, kServerBase = 0xfffffffe;

// Borrows the payload.
inline Packet packet_of(const P& p) {
  const std::string_view flags(p.flags);
  const bool client = p.from == 'c';
  Packet packet;
  packet.source = *parse_address(client ? "10.0.0.1" : "10.0.0.2");
  packet.destination = *parse_address(client ? "10.0.0.2" : "10.0.0.1");
  packet.source_port = client ? p.client_port : 80;
  packet.destination_port = client ? 80 : p.client_port;
  packet.sequence = (client ? kClientBase : kServerBase) + static_cast<std::uint32_t>(p.seq);
  packet.acknowledgement = (client ? kServerBase : kClientBase) + static_cast<std::uint32_t>(p.ack);
  packet.syn = flags.find('S') != flags.npos;
  packet.ack = flags.find('A') != flags.npos;
  packet.fin = flags.find('F') != flags.npos;
  packet.rst = flags.find('R') != flags.npos;
  packet.payload = as_octets(p.payload);
  return packet;
}

inline Lines lines_of(const std::vector<P>& packets, const Limits& limits = {}) {
  RecordedSink sink;
  Reassembly reassembly(sink, limits);
  std::uint64_t number = 0;
  for (const P& p : packets) reassembly.take(packet_of(p), Time(std::chrono::milliseconds(number)), number + 1), ++number;
  reassembly.end();
  return sink.lines;
}

// After the handshake; without the line that says that it opened, and the end.
inline Lines after_handshake(std::vector<P> packets, const Limits& limits = {}) {
  packets.insert(packets.begin(), {{'c', "S", -1, 0}, {'s', "SA", -1, 0}, {'c', "A", 0, 0}});
  Lines lines = lines_of(packets, limits);
  EXPECT_EQ(lines.front(), "1 opened 10.0.0.1:1000 > 10.0.0.2:80");
  EXPECT_EQ(lines.back(), "end");
  return {lines.begin() + 1, lines.end() - 1};
}

struct ScriptCase {
  const char* name;
  std::vector<P> packets;
  Lines expected;
};

inline void expect_after_handshake(const std::vector<ScriptCase>& cases) {
  for (const ScriptCase& c : cases) EXPECT_EQ(after_handshake(c.packets), c.expected) << c.name;
}

}  // namespace testigo::tcp::testing
