// What a sink is told of one connection, as packets: each chunk is one, with what its sender had acknowledged.
#pragma once

#include <array>
#include <cstdint>

#include "capture/testing/capture_octets.h"
#include "wire/tcp/connection_sink.h"

namespace testigo::run::testing {

class WrittenSegments final : public tcp::ConnectionSink {
 public:
  capture::testing::Segments segments;

  void on_opened(const tcp::ConnectionOpened& opened) override {
    ends_ = {opened.client.port, opened.server.port};
    time_ = opened.time;
    for (const Direction direction : {Direction::ToServer, Direction::ToClient, Direction::ToServer}) {
      tcp::Packet& head = write(direction, {}, 0);
      head.syn = segments.size() < 3;
      head.ack = segments.size() > 1;
      if (head.syn) --head.sequence;
    }
  }
  void on_chunk(tcp::ConnectionNumber, const Chunk& chunk) override {
    time_ = chunk.time;
    write(chunk.direction, chunk.bytes, chunk.acked);
  }
  void on_closing(const tcp::ConnectionClosing& closing) override {
    time_ = closing.time;
    write(closing.direction, {}, sent_[index(opposite(closing.direction))]).fin = true;
    ++sent_[index(closing.direction)];  // a FIN takes a sequence number
  }
  void on_end() override {}

 private:
  static constexpr std::uint32_t kFirst = 0xffff'ff00;  // sequence numbers begin again soon

  static std::size_t index(Direction direction) { return static_cast<std::size_t>(direction); }

  tcp::Packet& write(Direction direction, Bytes octets, std::uint64_t acked) {
    const std::size_t from = index(direction), to = index(opposite(direction));
    tcp::Packet head;
    head.source = head.destination = *tcp::parse_address("127.0.0.1");
    head.source_port = ends_[from];
    head.destination_port = ends_[to];
    head.sequence = kFirst + static_cast<std::uint32_t>(sent_[from]);
    head.acknowledgement = kFirst + static_cast<std::uint32_t>(acked);
    head.ack = true;
    sent_[from] += octets.size();
    segments.push_back({time_, head, {octets.begin(), octets.end()}, {}});
    return segments.back().head;
  }

  std::array<std::uint16_t, 2> ends_{};
  std::array<std::uint64_t, 2> sent_{};
  Time time_;
};

}  // namespace testigo::run::testing
