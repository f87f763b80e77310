#include "wire/tcp/reassembly.h"

#include <algorithm>
#include <bit>
#include <tuple>
#include <vector>

namespace testigo::tcp {
namespace {

constexpr std::size_t kClosedRemembered = 4096;
constexpr std::size_t kPassedOverRemembered = 4096;

auto source_of(const Packet& packet) { return std::tie(packet.source, packet.source_port); }
auto destination_of(const Packet& packet) { return std::tie(packet.destination, packet.destination_port); }

// The sender of a SYN is the client, that of a SYN/ACK the server; else the lower port is the server's.
bool sent_by_client(const Packet& packet) {
  if (packet.syn) return !packet.ack;
  return packet.source_port >= packet.destination_port;
}

// What a packet must have to begin a connection that was not seen to open.
bool carries(const Packet& packet) { return packet.syn || (!packet.rst && packet.payload.size() + packet.cut > 0); }

}  // namespace

std::size_t Reassembly::KeyHash::operator()(const Key& key) const {
  const auto mix = [](std::uint64_t hash, std::uint64_t word) {
    constexpr std::uint64_t kOdd = 0x9e3779b97f4a7c15;  // 2^64 divided by the golden ratio
    hash = (hash ^ word) * kOdd;
    return hash ^ hash >> 32;
  };
  const auto words = [&](std::uint64_t hash, const Address& address) { return mix(mix(hash, address.half(0)), address.half(1)); };
  return words(words(mix(seed, std::uint64_t{key.low_port} << 16 | key.high_port), key.low), key.high);
}

bool Reassembly::source_is_low(const Packet& packet) { return source_of(packet) <= destination_of(packet); }

Reassembly::Key Reassembly::key_of(const Packet& packet, bool source_is_low) {
  if (source_is_low) return {packet.source, packet.destination, packet.source_port, packet.destination_port};
  return {packet.destination, packet.source, packet.destination_port, packet.source_port};
}

inline std::size_t Reassembly::compared_max() const {
  return compared_bytes_ > limits_.tcp_compared_bytes_max_all ? 0 : limits_.tcp_compared_bytes_max;
}

ConnectionTrack::Room Reassembly::room() const {
  return {held_bytes_ > limits_.tcp_held_bytes_max_all ? 0 : limits_.tcp_held_bytes_max, compared_max()};
}

inline Reassembly::Flow& Reassembly::recent(const Address& source, std::uint16_t source_port, const Address& destination,
                                            std::uint16_t destination_port) {
  constexpr std::uint64_t kOdd = 0x9e3779b97f4a7c15;
  const std::uint64_t ports = std::uint64_t{source_port} << 16 | destination_port;
  const std::uint64_t mixed = (source.half(1) ^ std::rotl(destination.half(1), 23) ^ ports) * kOdd;
  return recent_[mixed >> (64 - kRecentBits)];
}

inline bool Reassembly::Flow::has(const Packet& packet) const {
  return connection != nullptr && source_port == packet.source_port && destination_port == packet.destination_port &&
         source == packet.source && destination == packet.destination;
}

inline bool Reassembly::take_usual(Entry& entry, Direction direction, const Packet& packet, Time time,
                                   std::uint64_t packet_number) {
  const std::size_t compared = entry.track.compared_bytes();
  if (ways_ != Ways::Both || !entry.track.take_usual(direction, packet, time, packet_number, compared_max())) return false;
  compared_bytes_ += entry.track.compared_bytes() - compared;
  return true;
}

// Of what is usual; its parts one by one, for it is made for every packet.
inline std::optional<Placement> Reassembly::place_told(const Entry& entry, Direction direction, const Packet& packet) {
  std::optional<Placement> placement(std::in_place);
  placement->connection = entry.track.number();
  placement->direction = direction;
  placement->offset = static_cast<std::int64_t>(entry.track.told(direction) - packet.payload.size());
  return placement;
}

std::optional<Placement> Reassembly::take(const Packet& packet, Time time, std::uint64_t packet_number) {
  const Flow& flow = recent(packet);
  if (!flow.has(packet)) return take_any(packet, time, packet_number);
  Entry& entry = flow.connection->second;
  const Direction direction = flow.direction;
  if (!take_usual(entry, direction, packet, time, packet_number)) return take_any(packet, time, packet_number);
  return place_told(entry, direction, packet);
}

std::optional<Placement> Reassembly::take_any(const Packet& packet, Time time, std::uint64_t packet_number) {
  const bool from_low = source_is_low(packet);
  const Key key = key_of(packet, from_low);
  auto at = connections_.find(key);
  bool goes_on = false;
  bool client_is_low = sent_by_client(packet) == from_low;
  if (at != connections_.end()) {
    const bool low = at->second.client_is_low;
    const bool begins = packet.syn && at->second.track.another_begins(packet);
    goes_on = !begins && at->second.track.another_goes_on(from_low == low ? Direction::ToServer : Direction::ToClient, packet);
    if (goes_on) client_is_low = low, ++began_unseen_;
    if (begins || goes_on) forget(at), at = connections_.end();
  }
  if (at == connections_.end()) {
    if (!goes_on && !carries(packet)) return std::nullopt;
    at = open(key, packet, time, packet_number, client_is_low);
    if (at == connections_.end()) return std::nullopt;
  }
  const Direction direction = from_low == at->second.client_is_low ? Direction::ToServer : Direction::ToClient;
  recent(packet) = {packet.source, packet.destination, packet.source_port, packet.destination_port, direction, &*at};
  if (take_usual(at->second, direction, packet, time, packet_number)) return place_told(at->second, direction, packet);
  const bool closed = hand(at->second, direction, packet, time, packet_number);
  const std::optional<Placement> placement = place(at->second, direction, packet);
  if (closed) remember_closed(key, at->second.track.number());
  return placement;
}

Reassembly::Connections::iterator Reassembly::open(const Key& key, const Packet& packet, Time time, std::uint64_t packet_number,
                                                   bool client_is_low) {
  if (open_ >= limits_.tcp_connections_max) {
    note_not_followed(key, packet.syn);
    return connections_.end();
  }
  ++open_;
  const bool by_client = client_is_low == source_is_low(packet);
  const Endpoint source{to_text(packet.source), packet.source_port};
  const Endpoint destination{to_text(packet.destination), packet.destination_port};
  Entry entry{ConnectionTrack(++last_number_, *sink_), client_is_low};
  const auto at = connections_.emplace(key, std::move(entry)).first;
  sink_->on_opened(
      {last_number_, time, by_client ? source : destination, by_client ? destination : source, packet.syn, packet_number});
  return at;
}

std::optional<Placement> Reassembly::place(const Entry& entry, Direction direction, const Packet& packet) {
  const auto offset = entry.track.offset_of(direction, packet);
  if (!offset) return std::nullopt;
  return Placement{entry.track.number(), direction, *offset};
}

bool Reassembly::hand(Entry& entry, Direction direction, const Packet& packet, Time time, std::uint64_t packet_number) {
  if (entry.track.closed()) return false;
  const std::size_t held = entry.track.held_bytes(), compared = entry.track.compared_bytes();
  entry.track.take(direction, packet, time, packet_number, room());
  held_bytes_ += entry.track.held_bytes() - held;
  compared_bytes_ += entry.track.compared_bytes() - compared;
  return entry.track.closed();
}

void Reassembly::note_not_followed(const Key& key, bool syn) {
  const bool room = passed_over_.size() < kPassedOverRemembered;
  const bool added = room && passed_over_.insert(key).second;
  if (syn || added) ++not_followed_;
}

void Reassembly::remember_closed(const Key& key, ConnectionNumber number) {
  --open_;
  closed_.emplace_back(key, number);
  if (closed_.size() <= kClosedRemembered) return;
  const auto [oldest, oldest_number] = closed_.front();
  closed_.pop_front();
  const auto at = connections_.find(oldest);
  if (at != connections_.end() && at->second.track.number() == oldest_number) erase(at);
}

void Reassembly::erase(Connections::iterator at) {
  const Key& key = at->first;
  for (Flow* const flow :
       {&recent(key.low, key.low_port, key.high, key.high_port), &recent(key.high, key.high_port, key.low, key.low_port)}) {
    if (flow->connection == &*at) *flow = {};
  }
  connections_.erase(at);
}

void Reassembly::forget(Connections::iterator at) {
  ConnectionTrack& track = at->second.track;
  if (!track.closed()) --open_;
  held_bytes_ -= track.held_bytes();
  compared_bytes_ -= track.compared_bytes();
  track.give_up();
  erase(at);
}

void Reassembly::end() {
  std::vector<ConnectionTrack*> open;
  for (auto& [key, entry] : connections_) open.push_back(&entry.track);
  std::ranges::sort(open, {}, [](const ConnectionTrack* track) { return track->number(); });
  for (ConnectionTrack* track : open) track->give_up();
  sink_->on_end();
}

}  // namespace testigo::tcp
