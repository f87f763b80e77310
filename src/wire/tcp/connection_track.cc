#include "wire/tcp/connection_track.h"

#include <algorithm>
#include <cstdlib>
#include <limits>
#include <utility>

namespace testigo::tcp {
namespace {

// The largest window of TCP (RFC 7323 2.3); what lies farther ahead belongs to something else.
constexpr std::int64_t kWindowMax = std::int64_t{1} << 30;
// How far behind a RST may be: it may answer an older segment.
constexpr std::int64_t kResetBehindMax = std::int64_t{1} << 20;
// How far before the first octet seen of it a connection may have octets: copies of what was sent before anybody listened. Where
// its SYN was seen, a keep-alive alone may lie there.
constexpr std::int64_t kBeforeMax = std::int64_t{1} << 20;
constexpr std::int64_t before_max(bool syn_seen) { return syn_seen ? 1 : kBeforeMax; }

// Holes that were given up for want of room, one after the other: of more, late octets are not told apart.
constexpr std::size_t kOverRoomRemembered = 64;

// How long octets that were acknowledged unseen are waited for: another way to where we listen may take longer, a sender does not
// send them again.
constexpr Duration kGapPatience = std::chrono::seconds(1);

// How far a sequence number lies ahead of the octet `near`, a count of octets since `base`.
std::int64_t ahead(std::uint32_t number, std::uint32_t base, std::uint64_t near) {
  return static_cast<std::int32_t>(number - (base + static_cast<std::uint32_t>(near)));
}

// Times of a file may be any.
bool waited_enough(Time since, Time now) {
  const auto count = [](Time time) { return static_cast<std::uint64_t>(time.time_since_epoch().count()); };
  return now > since && count(now) - count(since) >= static_cast<std::uint64_t>(kGapPatience.count());
}

std::uint32_t first_octet(const Packet& packet) { return packet.sequence + (packet.syn ? 1 : 0); }

}  // namespace

void ConnectionTrack::take(Direction direction, const Packet& packet, Time time, std::uint64_t packet_number, Room room) {
  time_ = time;
  packet_ = packet_number;
  room_ = room;
  if (packet.rst) return take_reset(direction, packet);
  learn_start(side(direction), side(opposite(direction)), packet);
  take_segment(direction, packet, packet.ack ? take_acknowledgement(direction, packet) : 0);
  drain();
  for (const Direction each : {direction, opposite(direction)}) {
    if (side(each).gap || side(opposite(each)).acked_seen > side(each).queue.offset()) give_up_acknowledged(each);
  }
  drain();
  usual_ = is_usual();
}

bool ConnectionTrack::is_usual() const {
  const auto plain = [this](Direction direction) {
    const Side& sender = side(direction);
    const bool as_begun = sender.started && !sender.unknown_start && !sender.fin && !sender.closed;
    return as_begun && !sender.gap && sender.queue.is_plain() && side(opposite(direction)).acked_seen <= sender.queue.offset();
  };
  return plain(Direction::ToServer) && plain(Direction::ToClient);
}

bool ConnectionTrack::take_usual(Direction direction, const Packet& packet, Time time, std::uint64_t packet_number,
                                 std::size_t compared_max) {
  if (!usual_ || !packet.ack || packet.syn || packet.fin || packet.rst || packet.cut != 0) return false;
  Side& sender = side(direction);
  Side& other = side(opposite(direction));
  const std::uint64_t offset = sender.queue.offset();
  if (packet.sequence != sender.base + static_cast<std::uint32_t>(offset)) return false;
  const std::int64_t grown = ahead(packet.acknowledgement, other.base, sender.acked_seen);
  if (grown < 0 || grown > kWindowMax) return false;
  const std::uint64_t acked = sender.acked_seen + static_cast<std::uint64_t>(grown);
  if (acked > other.queue.offset()) return false;
  time_ = time;
  packet_ = packet_number;
  room_.compared = compared_max;
  sender.acked_seen = acked;
  other.queue.acknowledge(acked);
  other.told.acknowledge(acked);
  sender.queue.pass(packet.payload.size());
  const Bytes payload(packet.payload.data(), packet.payload.size());  // copied as a whole it is read before all of it is written
  Chunk chunk{time, direction, payload, 0, acked, packet_number};
  tell(sender, other, chunk, offset);
  return true;
}

void ConnectionTrack::give_up() {
  usual_ = false;
  give_up(Direction::ToServer);
  give_up(Direction::ToClient);
  drain();
}

std::size_t ConnectionTrack::held_bytes() const {
  return side(Direction::ToServer).queue.held_bytes() + side(Direction::ToClient).queue.held_bytes();
}

std::optional<std::int64_t> ConnectionTrack::offset_of(Direction direction, const Packet& packet) const {
  const Side& sender = side(direction);
  if (!sender.started) return std::nullopt;
  const std::int64_t distance = ahead(first_octet(packet), sender.base, sender.queue.offset());
  if (distance > kWindowMax || distance < -kWindowMax) return std::nullopt;
  return static_cast<std::int64_t>(sender.queue.offset()) + distance;
}

std::optional<std::uint64_t> ConnectionTrack::distance(Direction direction, const Packet& packet) const {
  const Side& sender = side(direction);
  const Side& other = side(opposite(direction));
  if (closed() && is_strange(direction, packet)) return std::nullopt;
  std::optional<std::uint64_t> farthest;
  const auto reaches = [&](std::uint32_t number, const Side& of, std::uint64_t near) {
    const std::int64_t away = ahead(number, of.base, near);
    if (std::abs(away) > kWindowMax || static_cast<std::int64_t>(near) + away < -before_max(of.syn_seen)) return false;
    farthest = std::max(farthest.value_or(0), static_cast<std::uint64_t>(std::abs(away)));
    return true;
  };
  if (sender.started && !reaches(first_octet(packet), sender, sender.queue.offset())) return std::nullopt;
  const bool acknowledges = packet.ack && other.started && !(packet.rst && sender.started);
  if (acknowledges && !reaches(packet.acknowledgement, other, other.queue.offset())) return std::nullopt;
  return farthest;
}

bool ConnectionTrack::opened_by(const Packet& syn) const {
  const Side& client = side(Direction::ToServer);
  return client.started && !client.unknown_start && client.base == first_octet(syn);
}

bool ConnectionTrack::another_begins(const Packet& syn) const {
  const bool refused = closed() && !side(Direction::ToServer).unknown_start && !side(Direction::ToClient).started;
  if (syn.ack && closed() && !refused) {
    return syn.acknowledgement != side(Direction::ToServer).base || first_octet(syn) != side(Direction::ToClient).base;
  }
  if (syn.ack) return refused;
  return !opened_by(syn) || (closed() && !refused);
}

bool ConnectionTrack::another_goes_on(Direction direction, const Packet& packet) {
  if (packet.rst) return false;
  if (acknowledges_strange(direction, packet)) return true;
  const std::uint64_t size = packet.payload.size() + packet.cut + (packet.syn ? 1 : 0);
  if (size == 0 || !is_strange(direction, packet)) return false;
  Strange& strange = side(direction).strange;
  const bool follows = strange.size != 0 && packet.sequence == strange.from + strange.size && strange.size < kWindowMax;
  if (!follows) strange = {packet.sequence, 0};
  strange.size += static_cast<std::uint32_t>(std::min<std::uint64_t>(size, kWindowMax));
  return false;
}

// Behind the end of it, or before its first octet, or farther off than any window reaches; a keep-alive may lie before the first.
bool ConnectionTrack::is_strange(Direction direction, const Packet& packet) const {
  const std::optional<std::int64_t> at = offset_of(direction, packet);
  if (!closed()) return side(direction).started && (!at || *at < -before_max(side(direction).syn_seen));
  const auto end = static_cast<std::int64_t>(told(direction));
  return !at || *at < -1 || *at + static_cast<std::int64_t>(packet.payload.size() + packet.cut) > end;
}

bool ConnectionTrack::acknowledges_strange(Direction direction, const Packet& packet) const {
  const Side& other = side(opposite(direction));
  const std::uint32_t covered = packet.acknowledgement - other.strange.from;
  if (!packet.ack || covered == 0 || covered > other.strange.size) return false;
  const auto acked = static_cast<std::int64_t>(side(direction).acked_seen);
  const std::int64_t grown = ahead(packet.acknowledgement, other.base, side(direction).acked_seen);
  return closed() || std::abs(grown) > kWindowMax || acked + grown < -before_max(other.syn_seen);
}

void ConnectionTrack::learn_start(Side& sender, Side& other, const Packet& packet) {
  if (!sender.started) {
    sender.base = first_octet(packet);
    sender.unknown_start = !packet.syn;
    sender.syn_seen = packet.syn;
    sender.started = true;
  }
  if (!other.started && packet.ack) {
    other.base = packet.acknowledgement;
    other.unknown_start = !packet.syn;
    other.syn_seen = packet.syn;
    other.started = true;
  }
}

std::uint64_t ConnectionTrack::take_acknowledgement(Direction direction, const Packet& packet) {
  Side& sender = side(direction);
  Side& other = side(opposite(direction));
  const std::int64_t grown = ahead(packet.acknowledgement, other.base, sender.acked_seen);
  const std::int64_t signed_acked = static_cast<std::int64_t>(sender.acked_seen) + grown;
  if (signed_acked < 0 || grown > kWindowMax) return sender.acked;
  const bool covers_fin = other.fin && static_cast<std::uint64_t>(signed_acked) > other.fin->offset;
  const std::uint64_t acked = covers_fin ? other.fin->offset : static_cast<std::uint64_t>(signed_acked);
  sender.acked_seen = std::max(sender.acked_seen, acked);
  other.queue.acknowledge(sender.acked_seen);
  other.told.acknowledge(sender.acked_seen);
  // The receiver has it all: what was not seen up to now does not come again.
  if (covers_fin && !other.queue.turn_has_come()) give_up(opposite(direction));
  return acked;
}

void ConnectionTrack::take_segment(Direction direction, const Packet& packet, std::uint64_t acked) {
  Side& sender = side(direction);
  const std::int64_t distance = ahead(first_octet(packet), sender.base, sender.queue.offset());
  if (distance > kWindowMax) return;
  const std::int64_t at = static_cast<std::int64_t>(sender.queue.offset()) + distance;
  const std::uint64_t before = at < 0 ? static_cast<std::uint64_t>(-at) : 0;  // a keep-alive before the first octet
  const Bytes bytes = packet.payload.subspan(std::min<std::uint64_t>(before, packet.payload.size()));
  Segment segment{time_, packet_, at < 0 ? 0 : static_cast<std::uint64_t>(at), bytes, packet.cut, 0, acked};
  const std::int64_t end = at + static_cast<std::int64_t>(packet.payload.size() + packet.cut);
  if (segment.offset < sender.queue.offset()) {
    compare_with_told(direction, segment);
    over_room_ = over_room_ || sender.over_room.first_in({segment.offset, segment.offset + segment.bytes.size()}).has_value();
  }
  if (acked > told_of_other(direction)) {
    sender.queue.keep(segment);
  } else if (sender.queue.take(segment)) {
    deliver(direction, segment);
  }
  if (packet.fin) take_fin(sender, end, acked);
}

// What was told may be what the receiver did not keep, so nothing is known of what it makes of the rest. The last octet again may
// be any: a keep-alive (RFC 9293 3.8.4).
void ConnectionTrack::compare_with_told(Direction direction, const Segment& segment) {
  Side& sender = side(direction);
  const bool keep_alive = segment.bytes.size() == 1 && segment.offset + 1 == sender.queue.offset();
  if (keep_alive || !sender.told.differ(segment.offset, segment.bytes)) return;
  sender.told.release();
  sink_->on_chunk(number_, {time_, direction, {}, kUnknownMissing, sender.acked, packet_});
}

// One that lies before what was already sent is of another time, and its receiver drops it (RFC 9293 3.10.7.4).
void ConnectionTrack::take_fin(Side& sender, std::int64_t end, std::uint64_t acked) {
  if (sender.fin || end < static_cast<std::int64_t>(sender.queue.offset())) return;
  sender.fin = Fin{static_cast<std::uint64_t>(end), time_, packet_, acked};
  sender.queue.set_end(sender.fin->offset);
}

std::uint64_t ConnectionTrack::told_of_other(Direction direction) const {
  const Side& other = side(opposite(direction));
  return other.closed ? std::numeric_limits<std::uint64_t>::max() : other.queue.offset();
}

// What one direction tells may be what the other one waits for.
void ConnectionTrack::drain() {
  const auto waits = [](const Side& side) { return !side.queue.is_empty() || (side.fin && !side.closed); };
  if (!waits(to_server_) && !waits(to_client_)) return;
  for (bool more = true; more;) {
    more = drain(Direction::ToServer);
    more = drain(Direction::ToClient) || more;
  }
}

bool ConnectionTrack::drain(Direction direction) {
  SegmentQueue& queue = side(direction).queue;
  bool any = false;
  for (Segment segment; queue.next(told_of_other(direction), segment) || make_room(side(direction), segment); any = true) {
    deliver(direction, segment);
  }
  return close_if_over(direction) || any;
}

bool ConnectionTrack::make_room(Side& sender, Segment& segment) const {
  const std::uint64_t from = sender.queue.offset();
  if (sender.queue.held_bytes() <= room_.held || !sender.queue.next_over_gap(segment)) return false;
  if (segment.offset > from && sender.over_room.size() < kOverRoomRemembered) sender.over_room.add({from, segment.offset});
  return true;
}

void ConnectionTrack::deliver(Direction direction, const Segment& segment) {
  Side& sender = side(direction);
  const Side& other = side(opposite(direction));
  const std::uint64_t acked = std::max(sender.acked, other.fin ? std::min(segment.acked, other.fin->offset) : segment.acked);
  Chunk chunk{segment.time, direction, segment.bytes, segment.missing, acked, segment.packet};
  tell(sender, other, chunk, segment.offset);
}

// `offset`: of its first octet.
inline void ConnectionTrack::tell(Side& sender, const Side& other, Chunk& chunk, std::uint64_t offset) {
  if (chunk.bytes.empty() && chunk.missing == 0 && chunk.acked == sender.acked) return;
  sender.acked = chunk.acked;
  if (!chunk.bytes.empty() && std::exchange(sender.unknown_start, false)) chunk.missing = kUnknownMissing;
  // Nothing was sent before what it acknowledges.
  if (chunk.acked > other.last) chunk.time = std::max(chunk.time, other.last_time);
  sink_->on_chunk(number_, chunk);
  if (chunk.bytes.empty()) return;
  sender.last = offset;
  sender.last_time = chunk.time;
  sender.told.add(offset, chunk.bytes, room_.compared);
}

void ConnectionTrack::give_up(Direction direction) {
  Side& sender = side(direction);
  if (sender.closed) return;
  Segment segment;
  // What the other direction answers is told between: so it is known what was answered when.
  while (sender.queue.next_over_gap(segment)) {
    deliver(direction, segment);
    drain();
  }
  if (sender.closed) return;
  const std::uint64_t received = side(opposite(direction)).acked_seen;
  segment = {time_, packet_, 0, {}, 0, sender.queue.skip_to(sender.fin ? sender.fin->offset : received), sender.acked};
  deliver(direction, segment);
  close_if_over(direction);
}

void ConnectionTrack::give_up_acknowledged(Direction direction) {
  Side& sender = side(direction);
  const std::uint64_t received = side(opposite(direction)).acked_seen;
  if (sender.closed || received <= sender.queue.offset()) {
    sender.gap.reset();
  } else if (!sender.gap || sender.gap->offset != sender.queue.offset()) {
    sender.gap = Gap{sender.queue.offset(), time_};
  } else if (waited_enough(sender.gap->since, time_)) {
    Segment segment;
    while (sender.queue.next_up_to(received, segment)) {
      deliver(direction, segment);
      drain();
    }
    if (sender.closed) return;
    segment = {time_, packet_, 0, {}, 0, sender.queue.skip_to(received), sender.acked};
    deliver(direction, segment);
    close_if_over(direction);
  }
}

// True when it closed.
bool ConnectionTrack::close_if_over(Direction direction) {
  Side& sender = side(direction);
  if (sender.closed || !sender.fin || sender.queue.offset() < sender.fin->offset) return false;
  if (sender.fin->acked > told_of_other(direction)) return false;
  sender.closed = true;
  deliver(direction, {time_, packet_, 0, {}, 0, sender.queue.skip_to(sender.queue.offset()), sender.acked});
  sender.told.release();
  sink_->on_closing({number_, sender.fin->time, direction, Closing::Fin, sender.fin->packet, {}});
  return true;
}

void ConnectionTrack::take_reset(Direction direction, const Packet& packet) {
  Side& sender = side(direction);
  const Side& other = side(opposite(direction));
  const bool refused = direction == Direction::ToClient && !sender.started && !other.unknown_start;
  if (refused && packet.ack && packet.acknowledgement != other.base) return;
  if (sender.started) {
    const std::int64_t distance = ahead(packet.sequence, sender.base, sender.queue.offset());
    if (distance < -kResetBehindMax || distance > kWindowMax) return;
  }
  give_up();
  side(Direction::ToServer).closed = side(Direction::ToClient).closed = true;
  side(Direction::ToServer).told.release();
  side(Direction::ToClient).told.release();
  sink_->on_closing({number_, time_, direction, refused ? Closing::Refused : Closing::Reset, packet_, {}});
}

}  // namespace testigo::tcp
