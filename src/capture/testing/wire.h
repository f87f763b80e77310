// A connection as packets of a wire with its accidents, for tests of what is written of it: cut at random, and at will some come
// late, twice, along with octets of others, cut by the capture, or not at all.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

#include "base/chunk.h"
#include "capture/testing/planter.h"
#include "wire/tcp/packet.h"

namespace testigo::capture::testing {

struct Accidents {
  bool reorder = false;
  bool repeat = false;  // whole packets, and packets that begin within another
  bool lose = false;
  bool cut = false;  // by the snap length
};

class Wire {
 public:
  static constexpr std::size_t kLinkHeader = 14;

  Wire(std::uint64_t seed, Accidents accidents) : random_(seed), accidents_(accidents) {}

  struct Seen {
    std::vector<std::byte> octets;  // Ethernet
    std::size_t original_length = 0;
  };

  // Every packet as it is seen, in that order: the handshake first.
  std::vector<Seen> carry(const std::array<Planted, 2>& both) {
    open();
    std::array<std::size_t, 2> at{};
    while (at[0] < both[0].octets.size() || at[1] < both[1].octets.size()) {
      for (const Direction direction : {Direction::ToServer, Direction::ToClient}) {
        send_some(direction, both[static_cast<std::size_t>(direction)].octets, at[static_cast<std::size_t>(direction)]);
      }
    }
    if (accidents_.reorder) reorder();
    return std::move(seen_);
  }

 private:
  static constexpr std::uint32_t kFirst = 0x1234'5000;  // with ones it would look like Huffman code of control characters

  void open() {
    tcp::Packet syn = packet(Direction::ToServer, 0, {});
    syn.sequence -= 1;
    syn.syn = true;
    syn.ack = false;
    see(syn);
    tcp::Packet answer = packet(Direction::ToClient, 0, {});
    answer.sequence -= 1;
    answer.syn = true;
    see(answer);
  }

  void send_some(Direction direction, Bytes octets, std::size_t& at) {
    const std::size_t size =
        std::min<std::size_t>(octets.size() - at, random_.one_in(3) ? 1 + random_.below(20) : 1 + random_.below(1400));
    if (size == 0) return;
    acked_[static_cast<std::size_t>(direction)] = at + size;
    if (!(accidents_.lose && random_.one_in(12))) see(packet(direction, at, octets.subspan(at, size)));
    if (accidents_.repeat && random_.one_in(4)) {
      const std::size_t back = std::min(at, random_.below(60));
      see(packet(direction, at - back, octets.subspan(at - back, back + random_.below(size + 1))));
    }
    at += size;
  }

  tcp::Packet packet(Direction direction, std::size_t offset, Bytes payload) const {
    tcp::Packet packet;
    packet.source = *tcp::parse_address("10.0.0.1");
    packet.destination = *tcp::parse_address("10.0.0.2");
    packet.source_port = 40'000;
    packet.destination_port = 50'051;
    if (direction == Direction::ToClient) {
      std::swap(packet.source, packet.destination);
      std::swap(packet.source_port, packet.destination_port);
    }
    packet.sequence = kFirst + static_cast<std::uint32_t>(offset);
    packet.acknowledgement = kFirst + static_cast<std::uint32_t>(acked_[1 - static_cast<std::size_t>(direction)]);
    packet.ack = true;
    packet.payload = payload;
    return packet;
  }

  void see(const tcp::Packet& packet) {
    Seen seen{from_hex("020000000002 020000000001 0800"), 0};
    append_packet(packet, seen.octets);
    seen.original_length = seen.octets.size();
    if (accidents_.cut && !packet.payload.empty() && random_.one_in(8)) {
      seen.octets.resize(seen.octets.size() - random_.below(packet.payload.size() + 1));
    }
    seen_.push_back(std::move(seen));
  }

  // Behind the handshake, by a few places.
  void reorder() {
    for (std::size_t i = 2; i < seen_.size(); ++i) {
      std::swap(seen_[i], seen_[std::min(seen_.size() - 1, i + random_.below(4))]);
    }
  }

  Random random_;
  Accidents accidents_;
  std::array<std::size_t, 2> acked_{};
  std::vector<Seen> seen_;
};

}  // namespace testigo::capture::testing
