#include "capture/packet_intake.h"

#include <algorithm>
#include <iterator>
#include <string>
#include <vector>

#include "capture/link_layer.h"
#include "capture/tcp_reconstruction.h"
#include "wire/tcp/packet.h"

namespace testigo::capture {
namespace {

// Behind the fixed header of IP.
Bytes carried_by(Bytes ip) {
  constexpr std::size_t kV4Header = 20, kV6Header = 40;
  const bool v6 = std::to_integer<unsigned>(ip.front()) >> 4 == 6;
  return ip.subspan(std::min(ip.size(), v6 ? kV6Header : kV4Header));
}

// What lies behind the payload is padding of the link, or a stray memory of the card's: it is not written.
LivePacket without_padding(const LivePacket& captured, Bytes payload) {
  const auto behind = static_cast<std::size_t>(captured.octets.data() + captured.octets.size() - payload.data()) - payload.size();
  const std::size_t original_length = std::max(captured.original_length, captured.octets.size());  // a capture may say less
  return {captured.time, captured.octets.first(captured.octets.size() - behind), original_length - behind, {}};
}

// Of the comments that we write, and no others: see docs/formats/wire-pcapng.md.
std::string known_comment(const tcp::Packet& packet, std::string_view comment) {
  const bool known = packet.fin || packet.rst || (packet.syn && comment.starts_with(kServerComment));
  return known ? comment_text(comment) : std::string();
}

}  // namespace

void PacketIntake::take(const LivePacket& captured) {
  const auto ip = ip_of(link_type_, captured.octets);
  tcp::Packet packet;
  const auto kind = ip ? tcp::read_packet(*ip, packet) : tcp::PacketKind::Other;
  if (kind == tcp::PacketKind::Fragment) return take_part(captured, *ip);
  if (kind != tcp::PacketKind::Tcp) return take_unread(captured, ip);
  const std::uint64_t number = next_number();
  const auto placement = reassembly_.take(packet, captured.time, number);
  record(captured, packet.payload, placement, known_comment(packet, captured.comment));
}

void PacketIntake::end() {
  fragments_.end();
  reassembly_.end();
}

std::uint64_t PacketIntake::next_number() const { return recorder_ != nullptr ? recorder_->next_number() : 0; }

void PacketIntake::record(const LivePacket& captured, Bytes payload, const std::optional<tcp::Placement>& placement,
                          std::string_view comment) {
  if (recorder_ == nullptr) return;
  const LivePacket used = without_padding(captured, payload);
  recorder_->take(used.time, used.octets, used.original_length, payload, placement, comment);
}

// It is recorded first: what it makes whole is told while it waits for its place.
void PacketIntake::take_part(const LivePacket& captured, Bytes ip) {
  tcp::IpPacket part;
  tcp::read_ip(ip, part);
  const std::uint64_t number = next_number();
  if (recorder_ != nullptr) record_part(without_padding(captured, part.carried), part);
  const auto whole = fragments_.take(part, captured.time, number);
  if (!whole) return;
  tcp::Packet packet;
  if (tcp::read_packet(whole->packet, packet) == tcp::PacketKind::Tcp) {
    place_parts(*whole, packet, reassembly_.take(packet, captured.time, number));
  } else {
    unread_ += whole->parts.size();
    if (recorder_ == nullptr) return;
    for (const tcp::IpFragments::Part& of : whole->parts) recorder_->place_part(of.packet, {});
  }
}

// What sums around it say of it is not written.
void PacketIntake::record_part(const LivePacket& used, const tcp::IpPacket& part) {
  std::vector<std::byte> octets(used.octets.begin(), used.octets.end());
  const auto at = [&](Bytes of) { return static_cast<std::size_t>(of.data() - used.octets.data()); };
  for (const Bytes sum : part.sums()) std::ranges::fill(std::span(octets).subspan(at(sum), sum.size()), std::byte{0});
  recorder_->take_part(used.time, octets, used.original_length, Bytes(octets).subspan(at(part.carried), part.carried.size()));
}

void PacketIntake::place_parts(const tcp::IpFragments::Whole& whole, const tcp::Packet& packet,
                               const std::optional<tcp::Placement>& placement) {
  constexpr std::size_t kChecksumAt = 16;  // RFC 9293 section 3.1
  if (recorder_ == nullptr) return;
  tcp::IpPacket ip;
  tcp::read_ip(whole.packet, ip);
  // In what the parts carry.
  const auto at = [&](Bytes of) { return static_cast<std::size_t>(of.data() - whole.packet.data()) - whole.headers; };
  const auto range_of = [&](Bytes of) { return tcp::OctetRange{at(of), at(of) + of.size()}; };
  std::vector<tcp::OctetRange> sums = {range_of(ip.carried.subspan(kChecksumAt, 2))};
  std::ranges::transform(ip.sums(), std::back_inserter(sums), range_of);
  const std::size_t payload_at = at(packet.payload);
  for (const tcp::IpFragments::Part& part : whole.parts) {
    const std::size_t end = part.offset + part.size;
    PacketRecorder::PartPlace place{std::clamp(payload_at, part.offset, end) - part.offset, {}, placement};
    for (const tcp::OctetRange& sum : sums) {
      const tcp::OctetRange in{std::clamp(sum.from, part.offset, end), std::clamp(sum.to, part.offset, end)};
      if (in.from < in.to) place.sums.push_back({in.from - part.offset, in.to - part.offset});
    }
    if (place.payload) place.payload->offset += static_cast<std::int64_t>(part.offset + place.header - payload_at);
    recorder_->place_part(part.packet, place);
  }
}

// Nobody knows what is in it: of an IP packet the header is written, of anything else nothing.
void PacketIntake::take_unread(const LivePacket& captured, std::optional<Bytes> ip) {
  ++unread_;
  if (ip) record(captured, carried_by(*ip), std::nullopt);
}

void PacketIntake::Both::on_opened(const tcp::ConnectionOpened& opened) {
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

void PacketIntake::Both::on_over(tcp::ConnectionNumber connection, tcp::Over over) {
  if (recorder_ != nullptr) recorder_->on_over(connection, over);
  sink_.on_over(connection, over);
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
