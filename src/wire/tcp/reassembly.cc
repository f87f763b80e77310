#include "wire/tcp/reassembly.h"

#include <algorithm>
#include <bit>
#include <tuple>
#include <vector>

namespace testigo::tcp {
namespace {

constexpr std::size_t kClosedRemembered = 4096;
constexpr std::size_t kPassedOverRemembered = 4096;
constexpr std::size_t kServersRemembered = 4096;
// Of a connection that was not seen to open: what does not tell by then, as TLS, does not later.
constexpr unsigned kPacketsAsked = 256;
// As many packets as two or three calls have, and connections that a capture begins in the middle of.
constexpr std::size_t kWaitingPackets = 32, kWaitingBytes = 64 << 10, kWaitingConnections = 1024;

// Connections whose ports were taken by others: so many, and so long, are listened for though they say nothing more.
constexpr std::size_t kRivalsSilent = 1024;
constexpr std::chrono::duration<std::uint64_t, std::nano> kRivalPatience = std::chrono::minutes(1);
// Whose a packet is that may be either's: the one's that it lies so many times nearer to, else the newer one's.
constexpr std::uint64_t kNearer = 4;

// What a packet must have to begin a connection that was not seen to open.
bool carries(const Packet& packet) { return packet.syn || (!packet.rst && packet.payload.size() + packet.cut > 0); }

auto source_of(const Packet& packet) { return std::tie(packet.source, packet.source_port); }
auto destination_of(const Packet& packet) { return std::tie(packet.destination, packet.destination_port); }

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
  if (packet.syn && packet.ack) note_server(packet);
  if (!rivals_.empty()) {
    const auto rival = find_rival(key, packet, from_low);
    if (rival != rivals_.end()) return take_of(rival, packet, from_low, time, packet_number);
  }
  auto at = connections_.find(key);
  if (at == connections_.end()) {
    if (wait(key, packet, time, packet_number)) return std::nullopt;
    at = connections_.find(key);
  }
  bool goes_on = false;
  bool client_is_low = from_low;
  unsigned doubts = 0;
  if (at != connections_.end()) {
    Entry& entry = at->second;
    const bool begins = packet.syn && entry.track.another_begins(packet);
    goes_on =
        !begins && entry.track.another_goes_on(from_low == entry.client_is_low ? Direction::ToServer : Direction::ToClient, packet);
    if (goes_on) client_is_low = entry.client_is_low, doubts = entry.doubts, ++began_unseen_;
    const bool turned = !begins && !goes_on && entry.doubts > 0 && is_turned(entry, packet, from_low);
    if (begins && !entry.track.closed() && entry.doubts == 0) {
      replace(at, time), at = connections_.end();
    } else if (begins || goes_on || turned) {
      forget(connections_, at, turned ? Over::Turned : Over::Unseen), at = connections_.end();
    }
  }
  if (at == connections_.end()) {
    if (!goes_on && !carries(packet)) return std::nullopt;
    if (packet.syn && !goes_on) {
      client_is_low = packet.ack != from_low;
    } else if (!goes_on) {
      const std::optional<bool> known = known_from_client(packet);
      client_is_low = known.value_or(guess_from_client(packet)) == from_low;
      doubts = known ? 0 : kPacketsAsked;
    }
    at = open(key, packet, time, packet_number, client_is_low, doubts);
    if (at == connections_.end()) return std::nullopt;
  }
  return take_of(at, packet, from_low, time, packet_number);
}

std::optional<Placement> Reassembly::take_of(Connections::iterator at, const Packet& packet, bool from_low, Time time,
                                             std::uint64_t packet_number) {
  const Direction direction = from_low == at->second.client_is_low ? Direction::ToServer : Direction::ToClient;
  const bool alone = rivals_.empty() || !rivals_.contains(at->first);
  if (at->second.doubts == 0 && alone)
    recent(packet) = {packet.source, packet.destination, packet.source_port, packet.destination_port, direction, &*at};
  if (take_usual(at->second, direction, packet, time, packet_number)) return place_told(at->second, direction, packet);
  const bool closed = hand(at->second, direction, packet, time, packet_number);
  const std::optional<Placement> placement = place(at->second, direction, packet);
  if (closed) remember_closed(at->first, at->second.track.number());
  return placement;
}

Reassembly::Connections::iterator Reassembly::find_rival(const Key& key, const Packet& packet, bool from_low) {
  const auto rival = rivals_.find(key);
  if (rival == rivals_.end() || !is_of_rival(rival->second, key, packet, from_low)) return rivals_.end();
  Entry& entry = rival->second;
  const Direction direction = from_low == entry.client_is_low ? Direction::ToServer : Direction::ToClient;
  const auto at = entry.track.offset_of(direction, packet);
  if (at && !packet.payload.empty() && *at >= static_cast<std::int64_t>(entry.track.told(direction))) entry.heard = true;
  return rival;
}

bool Reassembly::is_of_rival(const Entry& rival, const Key& key, const Packet& packet, bool from_low) const {
  const auto newer = connections_.find(key);
  if (packet.syn && !packet.ack) {
    return rival.track.opened_by(packet) && (newer == connections_.end() || !newer->second.track.opened_by(packet));
  }
  const auto distance = [&](const Entry& entry) {
    return entry.track.distance(from_low == entry.client_is_low ? Direction::ToServer : Direction::ToClient, packet);
  };
  const auto to_rival = distance(rival);
  if (!to_rival) return false;
  const auto to_newer = newer == connections_.end() ? std::nullopt : distance(newer->second);
  return !to_newer || *to_rival < *to_newer / kNearer;
}

// It may go on all the same, beside the one that begins.
void Reassembly::replace(Connections::iterator at, Time time) {
  const Key key = at->first;
  if (const auto before = rivals_.find(key); before != rivals_.end()) forget(rivals_, before, Over::Unseen);
  at->second.heard = false;
  replaced_.push_back({key, at->second.track.number(), time});
  leave_recent(at);
  rivals_.insert(connections_.extract(at));
}

void Reassembly::forget_silent_rivals(Time time) {
  const auto count = [](Time of) { return static_cast<std::uint64_t>(of.time_since_epoch().count()); };  // of a file, so any
  const auto is_old = [&](Time since) { return since < time && count(time) - count(since) > kRivalPatience.count(); };
  while (!replaced_.empty() &&
         (replaced_.size() > kRivalsSilent || open_ >= limits_.tcp_connections_max || is_old(replaced_.front().time))) {
    const Replaced replaced = replaced_.front();
    replaced_.pop_front();
    const auto at = rivals_.find(replaced.key);
    const bool same = at != rivals_.end() && at->second.track.number() == replaced.number;
    if (same && !at->second.heard) forget(rivals_, at, Over::Unseen);
  }
}

// Who sends a SYN may be anybody; who answers it is a server.
void Reassembly::note_server(const Packet& answer) {
  server_ports_.set(answer.source_port);
  if (servers_.size() < kServersRemembered) servers_.insert({answer.source, answer.source, answer.source_port, answer.source_port});
}

std::optional<bool> Reassembly::known_from_client(const Packet& packet) const {
  const bool from = servers_.contains({packet.source, packet.source, packet.source_port, packet.source_port});
  const bool to = servers_.contains({packet.destination, packet.destination, packet.destination_port, packet.destination_port});
  if (from != to) return to;
  const auto told = direction_of_ != nullptr ? direction_of_(packet.payload) : std::nullopt;
  return told ? std::optional(*told == Direction::ToServer) : std::nullopt;
}

// True: the packet waits, with those before it. Else nothing waits of its connection any more.
bool Reassembly::wait(const Key& key, const Packet& packet, Time time, std::uint64_t packet_number) {
  auto at = waiting_.find(key);
  if (at == waiting_.end() && (direction_of_ == nullptr || packet.syn || !carries(packet))) return false;
  const std::optional<bool> known = packet.syn ? std::nullopt : known_from_client(packet);
  const bool ends = packet.syn || packet.fin || packet.rst;
  const bool room = at == waiting_.end() ? waiting_.size() < kWaitingConnections
                                         : at->second.packets.size() < kWaitingPackets && at->second.bytes < kWaitingBytes;
  if (known || ends || !room) {
    const bool from_low = source_is_low(packet);
    if (at != waiting_.end()) let_go(at, known ? std::optional(*known == from_low) : std::nullopt);
    return false;
  }
  if (at == waiting_.end()) at = waiting_.emplace(key, Waiting{{}, 0, ++waited_}).first;
  Waiting::Held held{packet, {packet.payload.begin(), packet.payload.end()}, time, packet_number};
  held.packet.payload = held.octets;
  at->second.bytes += held.octets.size();
  at->second.packets.push_back(std::move(held));
  return true;
}

void Reassembly::let_go(AllWaiting::iterator at, std::optional<bool> client_is_low) {
  const Key key = at->first;
  const std::vector<Waiting::Held> packets = std::move(at->second.packets);
  waiting_.erase(at);
  const Waiting::Held& first = packets.front();
  const bool guess = guess_from_client(first.packet) == source_is_low(first.packet);
  const auto opened =
      open(key, first.packet, first.time, first.number, client_is_low.value_or(guess), client_is_low ? 0 : kPacketsAsked);
  if (opened == connections_.end()) return;
  for (const Waiting::Held& held : packets) take_of(opened, held.packet, source_is_low(held.packet), held.time, held.number);
}

bool Reassembly::guess_from_client(const Packet& packet) const {
  const bool from = server_ports_.test(packet.source_port), to = server_ports_.test(packet.destination_port);
  return from != to ? to : packet.source_port >= packet.destination_port;
}

// It goes on, and is the client's where the server was thought to be.
bool Reassembly::is_turned(Entry& entry, const Packet& packet, bool from_low) {
  if (entry.track.closed() || packet.rst || packet.payload.empty()) return false;
  const std::optional<bool> known = known_from_client(packet);
  entry.doubts = known ? 0 : entry.doubts - 1;
  return known && (*known == from_low) != entry.client_is_low;
}

Reassembly::Connections::iterator Reassembly::open(const Key& key, const Packet& packet, Time time, std::uint64_t packet_number,
                                                   bool client_is_low, unsigned doubts) {
  if (!replaced_.empty()) forget_silent_rivals(time);
  if (open_ >= limits_.tcp_connections_max) {
    note_not_followed(key, packet.syn);
    return connections_.end();
  }
  ++open_;
  const bool by_client = client_is_low == source_is_low(packet);
  const Endpoint source{to_text(packet.source), packet.source_port};
  const Endpoint destination{to_text(packet.destination), packet.destination_port};
  Entry entry{ConnectionTrack(++last_number_, *sink_), client_is_low, doubts};
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
  const bool over_room = entry.track.over_room();
  entry.track.take(direction, packet, time, packet_number, room());
  if (entry.track.over_room() != over_room) ++over_held_;
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
  for (Connections* const of : {&connections_, &rivals_}) {
    const auto at = of->find(oldest);
    if (at != of->end() && at->second.track.number() == oldest_number) erase(*of, at);
  }
}

void Reassembly::leave_recent(Connections::iterator at) {
  const Key& key = at->first;
  for (Flow* const flow :
       {&recent(key.low, key.low_port, key.high, key.high_port), &recent(key.high, key.high_port, key.low, key.low_port)}) {
    if (flow->connection == &*at) *flow = {};
  }
}

void Reassembly::erase(Connections& of, Connections::iterator at) {
  leave_recent(at);
  of.erase(at);
}

void Reassembly::forget(Connections& of, Connections::iterator at, Over over) {
  ConnectionTrack& track = at->second.track;
  const bool open = !track.closed();
  if (open) --open_;
  held_bytes_ -= track.held_bytes();
  compared_bytes_ -= track.compared_bytes();
  track.give_up();
  const bool over_now = open && !track.closed();
  const ConnectionNumber number = track.number();
  erase(of, at);
  if (over_now) sink_->on_over(number, over);
}

void Reassembly::end() {
  while (!waiting_.empty()) {
    const auto earlier = [](const auto& a, const auto& b) { return a.second.order < b.second.order; };
    let_go(std::ranges::min_element(waiting_, earlier), std::nullopt);
  }
  std::vector<ConnectionTrack*> open;
  for (Connections* const of : {&connections_, &rivals_}) {
    for (auto& [key, entry] : *of) open.push_back(&entry.track);
  }
  std::ranges::sort(open, {}, [](const ConnectionTrack* track) { return track->number(); });
  for (ConnectionTrack* track : open) track->give_up();
  sink_->on_end();
}

}  // namespace testigo::tcp
