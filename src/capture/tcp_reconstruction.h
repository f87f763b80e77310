// What a tap carried → TCP packets that say the same: handshake, the octets in segments of at most 16 KiB, acknowledgements, ends.
// The packets go to a recorder, which hears what the connections carry before. Hands on what it was told, cut as the packets are,
// each with its packet's number: read back, the packets tell the same again, but for what the recorder masks.
// What belongs to no open connection is handed on without a packet.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "capture/packet_recorder.h"
#include "wire/tcp/connection_sink.h"
#include "wire/tcp/packet.h"

namespace testigo::capture {

constexpr std::size_t kSegmentBytesMax = 16 << 10;
// Begins the comment of a SYN whose server has no address: a name that could not be resolved.
constexpr std::string_view kServerComment = "server: ";

// A text as a packet's comment holds it, harmless and without backslashes; making it so twice changes nothing.
std::string comment_text(std::string_view text);

class TcpReconstruction final : public tcp::ConnectionSink {
 public:
  // Both must outlive it.
  TcpReconstruction(PacketRecorder& packets, tcp::ConnectionSink& next) : packets_(packets), next_(next) {}

  void on_opened(const tcp::ConnectionOpened& opened) override;
  void on_chunk(tcp::ConnectionNumber connection, const Chunk& chunk) override;
  void on_closing(const tcp::ConnectionClosing& closing) override;
  void on_over(tcp::ConnectionNumber connection, tcp::Over over) override;
  void on_idle() override;
  // Writes what is still owed before the end: the handshakes of connections on which nothing happened.
  void on_end() override;

 private:
  struct Side {
    std::uint32_t first = 0;  // sequence number of its SYN
    std::uint64_t sent = 0;   // octets
    std::uint64_t acked = 0;  // octets of the other side
    bool fin = false;
  };
  struct Connection {
    tcp::Address client, server;
    std::uint16_t client_port = 0, server_port = 0;
    Time opened;
    bool established = false;  // SYN/ACK and ACK are written: with the first sign that the server took the connection
    std::array<Side, 2> sides;
  };
  using Connections = std::map<tcp::ConnectionNumber, Connection>;
  using Number = tcp::ConnectionNumber;

  // A packet of that direction with the numbers of now.
  static tcp::Packet packet_of(const Connection& connection, Direction direction);
  // Says the packet's number.
  std::uint64_t write(Number number, Direction direction, std::uint64_t offset, Time time, const tcp::Packet& packet,
                      std::string_view comment = {});
  void establish(Number number, Connection& connection);
  void write_segments(Number number, Connection& connection, Chunk chunk);
  std::uint64_t write_fin(Connection& connection, const tcp::ConnectionClosing& closing);
  std::uint64_t write_reset(Connection& connection, const tcp::ConnectionClosing& closing);
  void acknowledge_last_fin(const Connection& connection, const tcp::ConnectionClosing& closing);

  PacketRecorder& packets_;
  tcp::ConnectionSink& next_;
  Connections connections_;
};

}  // namespace testigo::capture
