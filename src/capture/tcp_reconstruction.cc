#include "capture/tcp_reconstruction.h"

#include <algorithm>

#include "base/inert.h"

namespace testigo::capture {
namespace {

using tcp::Closing;

constexpr std::size_t kCommentBytesMax = 1024;

std::size_t index(Direction direction) { return static_cast<std::size_t>(direction); }

// The same for the same run, different for connections that share their ports one after the other.
std::uint32_t first_number(tcp::ConnectionNumber connection, Direction direction) {
  return static_cast<std::uint32_t>((connection * 2 + index(direction)) * 0x9e3779b1);
}

// An address for a server that has none, of the client's family.
tcp::Address no_address(const tcp::Address& client) {
  constexpr std::array<std::byte, 4> kZero{};
  return client.is_v4() ? tcp::v4_address(kZero.data()) : tcp::Address{};
}

}  // namespace

std::string comment_text(std::string_view text) {
  std::string harmless = inert(text, text.size());
  std::ranges::replace(harmless, '\\', '/');
  return harmless;
}

void TcpReconstruction::on_opened(const tcp::ConnectionOpened& opened) {
  Connection connection;
  connection.client = tcp::parse_address(opened.client.address).value_or(tcp::Address{});
  const auto server = tcp::parse_address(opened.server.address);
  connection.server = server.value_or(no_address(connection.client));
  connection.client_port = opened.client.port;
  connection.server_port = opened.server.port;
  connection.opened = opened.time;
  for (const Direction direction : {Direction::ToServer, Direction::ToClient}) {
    connection.sides[index(direction)].first = first_number(opened.connection, direction);
  }
  const std::string name = comment_text(std::string_view(opened.server.address).substr(0, kCommentBytesMax));
  tcp::Packet syn = packet_of(connection, Direction::ToServer);
  syn.sequence -= 1;
  syn.acknowledgement = 0;
  syn.syn = true;
  syn.ack = false;
  tcp::ConnectionOpened told = opened;
  packets_.on_opened(opened);
  told.packet =
      write(opened.connection, Direction::ToServer, 0, opened.time, syn, server ? "" : std::string(kServerComment) + name);
  told.client.address = to_text(connection.client);
  told.server.address = server ? to_text(connection.server) : name;
  connections_.insert_or_assign(opened.connection, connection);
  next_.on_opened(told);
}

void TcpReconstruction::on_chunk(tcp::ConnectionNumber number, const Chunk& chunk) {
  const auto at = connections_.find(number);
  if (at == connections_.end() || (!chunk.bytes.empty() && at->second.sides[index(chunk.direction)].fin)) {
    return next_.on_chunk(number, chunk);
  }
  packets_.on_chunk(number, chunk);
  establish(number, at->second);
  write_segments(number, at->second, chunk);
}

void TcpReconstruction::on_closing(const tcp::ConnectionClosing& closing) {
  const auto at = connections_.find(closing.connection);
  tcp::ConnectionClosing told = closing;
  told.reason = comment_text(std::string_view(closing.reason).substr(0, kCommentBytesMax));
  if (at == connections_.end()) return next_.on_closing(told);
  Connection& connection = at->second;
  if (told.closing == Closing::Refused && connection.established) told.closing = Closing::Reset;
  if (told.closing == Closing::Refused) told.direction = Direction::ToClient;
  if (told.closing != Closing::Refused) establish(told.connection, connection);
  if (told.closing == Closing::Fin && connection.sides[index(told.direction)].fin) return;
  packets_.on_closing(told);
  told.packet = told.closing == Closing::Fin ? write_fin(connection, told) : write_reset(connection, told);
  const bool over = told.closing != Closing::Fin || (connection.sides[0].fin && connection.sides[1].fin);
  if (over && told.closing == Closing::Fin) acknowledge_last_fin(connection, told);
  if (over) connections_.erase(at);
  next_.on_closing(told);
}

void TcpReconstruction::on_over(tcp::ConnectionNumber number, tcp::Over over) {
  if (const auto at = connections_.find(number); at != connections_.end()) {
    establish(number, at->second);
    packets_.on_over(number, over);
    connections_.erase(at);
  }
  next_.on_over(number, over);
}

void TcpReconstruction::on_idle() {
  packets_.on_idle();
  next_.on_idle();
}

void TcpReconstruction::on_end() {
  for (auto& [number, connection] : connections_) establish(number, connection);
  packets_.on_end();
  next_.on_end();
}

tcp::Packet TcpReconstruction::packet_of(const Connection& connection, Direction direction) {
  const bool from_client = direction == Direction::ToServer;
  const Side& sender = connection.sides[index(direction)];
  const Side& other = connection.sides[index(opposite(direction))];
  const bool fin_acked = other.fin && sender.acked == other.sent;
  tcp::Packet packet;
  packet.source = from_client ? connection.client : connection.server;
  packet.destination = from_client ? connection.server : connection.client;
  packet.source_port = from_client ? connection.client_port : connection.server_port;
  packet.destination_port = from_client ? connection.server_port : connection.client_port;
  packet.sequence = static_cast<std::uint32_t>(sender.first + 1 + sender.sent + (sender.fin ? 1 : 0));
  packet.acknowledgement = static_cast<std::uint32_t>(other.first + 1 + sender.acked + (fin_acked ? 1 : 0));
  packet.ack = true;
  return packet;
}

std::uint64_t TcpReconstruction::write(Number number, Direction direction, std::uint64_t offset, Time time,
                                       const tcp::Packet& packet, std::string_view comment) {
  const std::uint64_t packet_number = packets_.next_number();
  packets_.take(time, packet, {number, direction, static_cast<std::int64_t>(offset)}, comment);
  return packet_number;
}

void TcpReconstruction::establish(Number number, Connection& connection) {
  if (connection.established) return;
  connection.established = true;
  tcp::Packet answer = packet_of(connection, Direction::ToClient);
  answer.sequence -= 1;
  answer.syn = true;
  write(number, Direction::ToClient, 0, connection.opened, answer);
  write(number, Direction::ToServer, 0, connection.opened, packet_of(connection, Direction::ToServer));
}

void TcpReconstruction::write_segments(Number number, Connection& connection, Chunk chunk) {
  Side& sender = connection.sides[index(chunk.direction)];
  if (chunk.missing != kUnknownMissing) sender.sent += chunk.missing;
  chunk.acked = std::max(chunk.acked, sender.acked);
  if (chunk.bytes.empty() && chunk.missing == 0 && chunk.acked == sender.acked) return;  // it says nothing
  sender.acked = chunk.acked;
  Bytes rest = chunk.bytes;
  do {
    chunk.bytes = rest.first(std::min(kSegmentBytesMax, rest.size()));
    rest = rest.subspan(chunk.bytes.size());
    tcp::Packet packet = packet_of(connection, chunk.direction);
    packet.payload = chunk.bytes;
    packet.psh = !chunk.bytes.empty() && rest.empty();
    chunk.packet = write(number, chunk.direction, sender.sent, chunk.time, packet);
    sender.sent += chunk.bytes.size();
    next_.on_chunk(number, chunk);
    chunk.missing = 0;
  } while (!rest.empty());
}

std::uint64_t TcpReconstruction::write_fin(Connection& connection, const tcp::ConnectionClosing& closing) {
  tcp::Packet packet = packet_of(connection, closing.direction);
  packet.fin = true;
  connection.sides[index(closing.direction)].fin = true;
  return write(closing.connection, closing.direction, 0, closing.time, packet, closing.reason);
}

std::uint64_t TcpReconstruction::write_reset(Connection& connection, const tcp::ConnectionClosing& closing) {
  tcp::Packet packet = packet_of(connection, closing.direction);
  packet.rst = true;
  if (!connection.established) packet.sequence = 0;  // RFC 9293 3.5.2: the answer to a SYN that nobody takes
  return write(closing.connection, closing.direction, 0, closing.time, packet, closing.reason);
}

// Well-formed to the end. Only when all octets were handed over before: else it would say what is not so.
void TcpReconstruction::acknowledge_last_fin(const Connection& connection, const tcp::ConnectionClosing& closing) {
  const Direction direction = opposite(closing.direction);
  if (connection.sides[index(direction)].acked != connection.sides[index(closing.direction)].sent) return;
  write(closing.connection, direction, 0, closing.time, packet_of(connection, direction));
}

}  // namespace testigo::capture
