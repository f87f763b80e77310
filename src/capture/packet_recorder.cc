#include "capture/packet_recorder.h"

#include <algorithm>
#include <utility>

#include "capture/capture_output.h"
#include "capture/held_packets.h"
#include "capture/packet_parts.h"
#include "capture/redaction.h"

namespace testigo::capture {
namespace {

std::string comment_of(const PacketRecorder::Options& options) {
  std::string comment(options.made);
  comment += pcapng::kSecretsMasked;
  if (!options.payloads) comment += pcapng::kWithoutBodies;
  return comment;
}

// Where the payload lies in the packet; at its end when it is nothing.
std::size_t payload_at(Bytes octets, Bytes payload) {
  return payload.empty() ? octets.size() : static_cast<std::size_t>(payload.data() - octets.data());
}

}  // namespace

struct PacketRecorder::State {
  State(Options&& options, const Limits& limits)
      : link_type(options.link_type),
        copies(options.copies),
        keep(std::move(options.keep)),
        redaction(options.payloads, options.secrets, limits),
        held(limits),
        output(std::move(options.file), comment_of(options), options.link_type, options.rotation,
               options.whole ? Appearing::Whole : Appearing::AtOnce) {}

  bool unwanted(const std::optional<tcp::Placement>& placement) const {
    return keep && !(placement && keep(placement->connection));
  }

  void take(HeldPacket& packet, Bytes octets) {
    ++packets;
    if (output.error()) return;
    const bool decided =
        !packet.unplaced && (!packet.waits_for || packet.payload_size == 0 || is_decided(*packet.waits_for, packet.payload_size));
    if (decided && held.empty()) return write_at_once(packet, octets);
    packet.octets.assign(octets.begin(), octets.end());
    if (decided) {
      mask_held(packet);
      packet.waits_for.reset();
    }
    held.add(std::move(packet));
    write_decided();
  }

  void place_part(std::uint64_t number, const PartPlace& place) {
    const std::uint64_t from_last = packets - number;
    HeldPacket* const part = from_last < held.size() ? &held.from_last(from_last) : nullptr;
    if (part == nullptr || !std::exchange(part->unplaced, false)) return;
    part->unwanted = unwanted(place.payload);
    const std::span<std::byte> octets = part->octets;
    for (const tcp::OctetRange& sum : place.sums) {
      std::ranges::fill(octets.subspan(part->payload_at + sum.from, sum.to - sum.from), std::byte{0});
    }
    part->payload_at += place.header;
    part->payload_size -= place.header;
    if (!place.payload || part->payload_size == 0) {
      std::ranges::fill(octets.subspan(part->payload_at), std::byte{0});
    } else if (is_decided(*place.payload, part->payload_size)) {
      part->waits_for = place.payload;
      mask_held(*part);
      part->waits_for.reset();
    } else {
      held.wait(*part, *place.payload);
    }
    write_decided();
  }

  bool is_decided(const tcp::Placement& placement, std::size_t size) const {
    return placement.offset + static_cast<std::int64_t>(size) <= redaction.decided_to(placement.connection, placement.direction);
  }

  void write_at_once(HeldPacket& packet, Bytes octets) {
    const Bytes known = known_part(packet, octets);
    mask(packet, output.add(packet.time, known, packet.original_length, packet.comment));
  }

  void mask_held(HeldPacket& packet) {
    packet.octets.resize(known_part(packet, packet.octets).size());
    mask(packet, packet.octets);
  }

  // Octets of which it is not known what they become, or not any more, are left out, as if the capture had cut the packet there. So
  // a reader takes them for unseen, which zeros would not be.
  Bytes known_part(HeldPacket& packet, Bytes octets) const {
    if (!packet.waits_for) return octets;
    const std::size_t known = redaction.known(*packet.waits_for, packet.payload_size);
    if (known == packet.payload_size) return octets;
    packet.payload_size = known;
    packet.shortened = true;
    return octets.first(packet.payload_at + known);
  }

  void mask(const HeldPacket& packet, std::span<std::byte> octets) {
    if (!packet.waits_for) {
      clear_behind_headers(link_type, octets);
      if (packet.payload_size > 0) renew_checksum(link_type, octets);
      return;
    }
    const std::span<std::byte> payload = octets.subspan(packet.payload_at, packet.payload_size);
    // Behind it stands what the network card filled a short frame up with.
    std::ranges::fill(octets.subspan(packet.payload_at + packet.payload_size), std::byte{0});
    const bool changed = redaction.apply(*packet.waits_for, payload);
    if (changed || packet.shortened) renew_checksum(link_type, octets);
    if (!copies) redaction.forget(*packet.waits_for, packet.payload_size);
  }

  void on_decided(tcp::ConnectionNumber connection, Direction direction) {
    if (held.empty()) return;
    held.on_decided(connection, direction, redaction.decided_to(connection, direction),
                    [this](HeldPacket& packet) { mask_held(packet); });
    write_decided();
  }

  void write_decided() {
    while (held.first_may_go()) write_first();
  }

  void write_all() {
    while (!held.empty()) write_first();
  }

  void write_first() {
    HeldPacket& packet = held.first();
    if (packet.unplaced) {
      packet.unwanted = static_cast<bool>(keep);
      ++undecoded;
      packet.octets.resize(packet.payload_at);
    } else if (packet.waits_for) {
      ++undecoded;
      held.stop_waiting();
      mask_held(packet);
    }
    if (!packet.unwanted) output.add(packet.time, packet.octets, packet.original_length, packet.comment);
    held.remove_first();
  }

  std::uint16_t link_type;
  bool copies;
  std::function<bool(tcp::ConnectionNumber)> keep;
  Redaction redaction;
  HeldPackets held;
  CaptureOutput output;
  std::uint64_t packets = 0;
  std::uint64_t undecoded = 0;
  std::vector<std::byte> made;  // the packet at hand, where we make it
};

PacketRecorder::PacketRecorder(Options options, const Limits& limits)
    : state_(std::make_unique<State>(std::move(options), limits)) {}

PacketRecorder::~PacketRecorder() = default;

void PacketRecorder::take(Time time, Bytes octets, std::size_t original_length, Bytes payload,
                          const std::optional<tcp::Placement>& placement, std::string_view comment) {
  if (state_->unwanted(placement)) return;
  HeldPacket packet{time, {}, original_length, payload_at(octets, payload), payload.size(), std::string(comment), placement};
  state_->take(packet, octets);
}

void PacketRecorder::take(Time time, const tcp::Packet& packet, const tcp::Placement& placement, std::string_view comment) {
  state_->made.clear();
  append_packet(packet, state_->made);
  const Bytes octets = state_->made;
  take(time, octets, octets.size(), octets.last(packet.payload.size()), placement, comment);
}

void PacketRecorder::take_part(Time time, Bytes octets, std::size_t original_length, Bytes carried) {
  HeldPacket packet{time, {}, original_length, payload_at(octets, carried), carried.size(), {}, {}};
  packet.unplaced = true;
  state_->take(packet, octets);
}

void PacketRecorder::place_part(std::uint64_t number, const PartPlace& place) { state_->place_part(number, place); }

std::uint64_t PacketRecorder::next_number() const { return state_->packets + 1; }

void PacketRecorder::on_opened(const tcp::ConnectionOpened& opened) { state_->redaction.on_opened(opened); }

void PacketRecorder::on_chunk(tcp::ConnectionNumber connection, const Chunk& chunk) {
  state_->redaction.on_chunk(connection, chunk);
  state_->on_decided(connection, chunk.direction);
}

void PacketRecorder::on_closing(const tcp::ConnectionClosing& closing) {
  state_->redaction.on_closing(closing);
  state_->on_decided(closing.connection, Direction::ToServer);
  state_->on_decided(closing.connection, Direction::ToClient);
}

void PacketRecorder::on_over(tcp::ConnectionNumber connection, tcp::Over /*over*/) {
  state_->redaction.on_over(connection);
  state_->on_decided(connection, Direction::ToServer);
  state_->on_decided(connection, Direction::ToClient);
}

void PacketRecorder::on_idle() { flush(); }

void PacketRecorder::on_end() {
  state_->redaction.on_end();
  state_->write_all();
  state_->output.end();
}

void PacketRecorder::flush() { state_->output.flush(); }

const std::optional<std::string>& PacketRecorder::error() const { return state_->output.error(); }

std::uint64_t PacketRecorder::undecoded_packets() const { return state_->undecoded; }

std::vector<MaskedField> PacketRecorder::masked() const { return state_->redaction.masked(); }

}  // namespace testigo::capture
