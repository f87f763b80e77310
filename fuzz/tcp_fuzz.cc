// Any packets of some connections, whole or in parts of IP: nothing breaks. Every octet that is told stands where a packet said it,
// and what is kept stays within its limits. Parts that come honestly make the packet that was cut. And of one direction the same
// segments tell the same in another order, and when some come again, for as long as nothing was told before all of them came. The
// short way of the usual packet tells what the long one does.
//
// An input is one octet of options, then eight octets a packet.
#include <array>
#include <map>
#include <random>
#include <unordered_map>

#include "require.h"
#include "wire/tcp/ip_fragments.h"
#include "wire/tcp/packet.h"
#include "wire/tcp/reassembly.h"
#include "wire/tcp/testing/ip_parts.h"

namespace {

using namespace testigo;
using namespace testigo::tcp;

constexpr std::size_t kStepBytes = 8;
constexpr std::size_t kPacketsMax = 100;

// What an input says of one packet.
struct Step {
  explicit Step(const std::uint8_t* at) { std::copy_n(at, kStepBytes, octets.begin()); }

  bool by_client() const { return (octets[0] & 1) == 0; }
  std::uint16_t port() const { return 1000 + (octets[0] >> 1 & 3); }
  bool in_parts() const { return (octets[0] & 8) != 0; }
  bool far() const { return (octets[0] & 16) != 0; }
  bool snapped() const { return (octets[0] & 32) != 0; }
  bool other() const { return (octets[0] & 64) != 0; }  // its payload is not what others say
  bool late() const { return (octets[0] & 128) != 0; }
  std::uint8_t flags() const { return octets[1]; }
  std::uint32_t from() const { return octets[2] | std::uint32_t{octets[3]} << 8; }
  std::uint32_t acknowledged() const { return octets[4] | std::uint32_t{octets[5]} << 8; }
  std::size_t size() const { return octets[6]; }
  std::uint8_t more() const { return octets[7]; }

  std::array<std::uint8_t, kStepBytes> octets{};
};

std::vector<Step> steps_of(const std::uint8_t* data, std::size_t size) {
  std::vector<Step> steps;
  for (std::size_t at = 1; at + kStepBytes <= size && steps.size() < kPacketsMax; at += kStepBytes) steps.emplace_back(data + at);
  return steps;
}

// What stands at an offset of a direction, but for what is said otherwise.
std::vector<std::byte> payload_of(const Step& step) {
  std::vector<std::byte> payload;
  for (std::size_t i = 0; i < step.size(); ++i) {
    const std::size_t octet = (step.from() + i) * 7 + (step.other() && i % 3 == step.more() % 3 ? 1 : 0);
    payload.push_back(static_cast<std::byte>(octet));
  }
  return payload;
}

// Both directions begin near the end of the sequence numbers.
constexpr std::uint32_t kFirst = 0xffffff00;

Packet packet_of(const Step& step, Bytes payload, bool v6) {
  Packet packet;
  const auto client = *parse_address(v6 ? "2001:db8::1" : "10.0.0.1"), server = *parse_address(v6 ? "2001:db8::2" : "10.0.0.2");
  packet.source = step.by_client() ? client : server;
  packet.destination = step.by_client() ? server : client;
  packet.source_port = step.by_client() ? step.port() : 80;
  packet.destination_port = step.by_client() ? 80 : step.port();
  packet.syn = (step.flags() & 3) == 1;
  packet.fin = (step.flags() & 12) == 4;
  packet.rst = (step.flags() & 0x70) == 0x10;
  packet.ack = (step.flags() & 0x80) == 0;
  packet.sequence = kFirst + step.from() + (step.far() ? std::uint32_t{step.more()} << 24 : 0) - (packet.syn ? 1 : 0);
  packet.acknowledgement = kFirst + step.acknowledged();
  packet.payload = payload;
  if (step.snapped() && !step.in_parts()) packet.cut = step.more();
  return packet;
}

// Where every octet that was told lies.
class Laid final : public ConnectionSink {
 public:
  struct Told {
    ConnectionNumber connection = 0;
    Direction direction = Direction::ToServer;
    std::uint64_t offset = 0;
    std::vector<std::byte> octets;
    friend bool operator==(const Told&, const Told&) = default;
  };
  void on_opened(const ConnectionOpened& opened) override { REQUIRE(!ended && opened.connection == ++last_); }
  void on_chunk(ConnectionNumber connection, const Chunk& chunk) override {
    REQUIRE(!ended && connection >= 1 && connection <= last_);
    Side& side = sides_[{connection, chunk.direction}];
    REQUIRE(!side.closed || (chunk.bytes.empty() && chunk.missing == 0));  // it may acknowledge what comes after
    REQUIRE(!chunk.bytes.empty() || chunk.missing != 0 || chunk.acked > side.acked);
    REQUIRE(chunk.acked >= side.acked);
    side.acked = chunk.acked;
    if (chunk.missing != kUnknownMissing) side.offset += chunk.missing;
    side.unplaced |= chunk.missing == kUnknownMissing && !chunk.bytes.empty();  // its start was not seen
    if (side.unplaced) return;
    told.push_back({connection, chunk.direction, side.offset, {chunk.bytes.begin(), chunk.bytes.end()}});
    side.offset += chunk.bytes.size();
  }
  void on_closing(const ConnectionClosing& closing) override {
    REQUIRE(!ended && closing.connection <= last_);
    const bool both = closing.closing != Closing::Fin;
    bool& closed = sides_[{closing.connection, closing.direction}].closed;
    REQUIRE(both || !closed);
    closed = true;
    if (both) sides_[{closing.connection, opposite(closing.direction)}].closed = true;
  }
  void on_end() override {
    REQUIRE(!ended);
    ended = true;
  }

  bool ended = false;
  std::vector<Told> told;

 private:
  struct Side {
    std::uint64_t offset = 0;
    bool unplaced = false;
    std::uint64_t acked = 0;
    bool closed = false;
  };
  ConnectionNumber last_ = 0;
  std::map<std::pair<ConnectionNumber, Direction>, Side> sides_;
};

class Play {
 public:
  Play(const Limits& limits, bool v6)
      : limits_(limits),
        v6_(v6),
        fragments_(limits),
        reassembly_(laid_, limits),
        long_way_(laid_by_long_way_, limits, Reassembly::Ways::LongAlone) {}

  void run(const std::vector<Step>& steps) {
    for (const Step& step : steps) take(step);
    fragments_.end();
    reassembly_.end();
    long_way_.end();
    REQUIRE(laid_.ended);
    REQUIRE(laid_.told == laid_by_long_way_.told);
    for (const Laid::Told& told : laid_.told) require_said(told);
  }

 private:
  static std::uint64_t place(ConnectionNumber connection, Direction direction, std::int64_t offset) {
    return (connection * 2 + static_cast<std::uint64_t>(direction)) << 40 ^ static_cast<std::uint64_t>(offset);
  }

  void take(const Step& step) {
    time_ += std::chrono::milliseconds(step.late() ? std::int64_t{1} << (step.more() & 31) : 1);
    const auto payload = payload_of(step);
    const Packet packet = packet_of(step, payload, v6_);
    ++number_;
    if (step.in_parts()) return take_parts(step, packet);
    take(packet);
  }

  void take_parts(const Step& step, const Packet& packet) {
    std::vector<std::byte> octets;
    append_packet(packet, octets);
    auto parts = testing::parts_of(octets, 8 * (1 + step.more() % 8), number_);
    if (parts.size() < 2) return take(packet);
    std::mt19937_64 random(step.more());
    std::ranges::shuffle(parts, random);
    if (step.snapped()) parts.pop_back();
    for (std::size_t i = 0; i < parts.size(); ++i) {
      take_part(parts[i], packet, step.snapped() || i + 1 < parts.size());
      if (random() % 4 == 0) take_part(parts[random() % (i + 1)], packet, true);
    }
  }

  void take_part(Bytes octets, const Packet& packet, bool lacks) {
    IpPacket part;
    REQUIRE(read_ip(octets, part) == PacketKind::Fragment);
    const auto whole = fragments_.take(part, time_, number_);
    if (!whole) return;
    REQUIRE(!lacks);
    Packet read;
    REQUIRE(read_packet(whole->packet, read) == PacketKind::Tcp);
    REQUIRE(read == packet);
    take(read);
  }

  void take(const Packet& packet) {
    const auto placement = reassembly_.take(packet, time_, number_);
    REQUIRE(placement == long_way_.take(packet, time_, number_));
    REQUIRE(reassembly_.held_bytes() <= limits_.tcp_held_bytes_max_all + 2 * limits_.tcp_held_bytes_max);
    if (!placement) return;
    for (std::size_t i = 0; i < packet.payload.size(); ++i) {
      said_[place(placement->connection, placement->direction, placement->offset + static_cast<std::int64_t>(i))] |=
          std::uint8_t{1} << (std::to_integer<unsigned>(packet.payload[i]) & 7);
    }
  }

  // Three bits of each octet tell enough.
  void require_said(const Laid::Told& told) const {
    for (std::size_t i = 0; i < told.octets.size(); ++i) {
      const auto at = said_.find(place(told.connection, told.direction, static_cast<std::int64_t>(told.offset + i)));
      REQUIRE(at != said_.end() && (at->second >> (std::to_integer<unsigned>(told.octets[i]) & 7) & 1) != 0);
    }
  }

  Limits limits_;
  bool v6_;
  Time time_;
  std::uint32_t number_ = 0;
  Laid laid_;
  IpFragments fragments_;
  Reassembly reassembly_;
  Laid laid_by_long_way_;
  Reassembly long_way_;
  std::unordered_map<std::uint64_t, std::uint8_t> said_;
};

// Of the client of one connection, that sends its first octet last; -1 for those that are missing, and nothing behind the last one.
std::vector<int> laid_of(const std::vector<Step>& steps) {
  Laid laid;
  Reassembly reassembly(laid);
  Packet syn;
  syn.source_port = 1000;
  syn.destination_port = 80;
  syn.sequence = kFirst - 1;
  syn.syn = true;
  reassembly.take(syn, Time(), 1);
  const auto send = [&](std::uint32_t from, Bytes payload, std::size_t cut) {
    Packet packet = syn;
    packet.syn = false;
    packet.sequence = kFirst + from;
    packet.payload = payload;
    packet.cut = cut;
    reassembly.take(packet, Time(), 2);
  };
  for (const Step& step : steps) send(1 + step.from(), payload_of(step), step.snapped() ? step.more() : 0);
  const std::array<std::byte, 1> first{};
  send(0, first, 0);
  reassembly.end();
  std::vector<int> octets;
  for (const Laid::Told& told : laid.told) {
    if (told.octets.empty()) continue;
    octets.resize(told.offset, -1);
    for (const std::byte octet : told.octets) octets.push_back(std::to_integer<int>(octet));
  }
  return octets;
}

void require_same_in_any_order(std::vector<Step> steps, std::uint64_t seed) {
  const auto laid = laid_of(steps);
  std::mt19937_64 random(seed);
  for (std::size_t copies = steps.empty() ? 0 : random() % 4; copies-- > 0;) steps.push_back(Step(steps[random() % steps.size()]));
  std::ranges::shuffle(steps, random);
  REQUIRE(laid_of(steps) == laid);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const auto steps = steps_of(data, size);
  Limits limits;
  if ((data[0] & 2) != 0) limits.tcp_held_bytes_max = 2000;
  if ((data[0] & 4) != 0) limits.tcp_held_bytes_max_all = 3000;
  if ((data[0] & 8) != 0) limits.tcp_connections_max = 2;
  if ((data[0] & 16) != 0) limits.tcp_compared_bytes_max = 100;
  if ((data[0] & 32) != 0) limits.ip_fragment_bytes_max = 3000;
  if ((data[0] & 64) != 0) limits.ip_fragmented_packets_max = 3;
  Play(limits, (data[0] & 1) != 0).run(steps);
  require_same_in_any_order(steps, size);
  return 0;
}
