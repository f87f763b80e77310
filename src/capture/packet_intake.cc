#include "capture/packet_intake.h"

#include <algorithm>

#include "capture/link_layer.h"
#include "wire/tcp/packet.h"

namespace testigo::capture {
namespace {

// Behind the fixed header of IP.
Bytes carried_by(Bytes ip) {
  constexpr std::size_t kV4Header = 20, kV6Header = 40;
  const bool v6 = std::to_integer<unsigned>(ip.front()) >> 4 == 6;
  return ip.subspan(std::min(ip.size(), v6 ? kV6Header : kV4Header));
}

}  // namespace

void PacketIntake::take(const LivePacket& captured) {
  const auto ip = ip_of(link_type_, captured.octets);
  tcp::Packet packet;
  if (!ip || tcp::read_packet(*ip, packet) != tcp::PacketKind::Tcp) return take_unread(captured, ip);
  const std::uint64_t number = recorder_ != nullptr ? recorder_->next_number() : 0;
  record(captured, packet.payload, reassembly_.take(packet, captured.time, number));
}

// What lies behind the payload is padding of the link, or a stray memory of the card's: it is not written.
void PacketIntake::record(const LivePacket& captured, Bytes payload, const std::optional<tcp::Placement>& placement) {
  if (recorder_ == nullptr) return;
  const auto behind = static_cast<std::size_t>(captured.octets.data() + captured.octets.size() - payload.data()) - payload.size();
  recorder_->take(captured.time, captured.octets.first(captured.octets.size() - behind), captured.original_length - behind, payload,
                  placement);
}

// Nobody knows what is in it: of an IP packet the header is written, of anything else nothing.
void PacketIntake::take_unread(const LivePacket& captured, std::optional<Bytes> ip) {
  ++unread_;
  if (ip) record(captured, carried_by(*ip), std::nullopt);
}

void PacketIntake::Both::on_opened(const tcp::ConnectionOpened& opened) {
  halves_open_ += 2;
  if (recorder_ != nullptr) recorder_->on_opened(opened);
  sink_.on_opened(opened);
}

void PacketIntake::Both::on_chunk(tcp::ConnectionNumber connection, const Chunk& chunk) {
  if (recorder_ != nullptr) recorder_->on_chunk(connection, chunk);
  sink_.on_chunk(connection, chunk);
}

void PacketIntake::Both::on_closing(const tcp::ConnectionClosing& closing) {
  if (recorder_ != nullptr) recorder_->on_closing(closing);
  sink_.on_closing(closing);
}

void PacketIntake::Both::on_idle() {
  if (recorder_ != nullptr) recorder_->on_idle();
  sink_.on_idle();
}

void PacketIntake::Both::on_end() {
  if (recorder_ != nullptr) recorder_->on_end();
  sink_.on_end();
}

}  // namespace testigo::capture
