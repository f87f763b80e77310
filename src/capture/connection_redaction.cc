#include "capture/connection_redaction.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace testigo::capture {
namespace {

using http2::Opening;

constexpr std::string_view kHeadEnd = "\r\n\r\n";

bool differs_from_zeros(std::span<const std::byte> octets) {
  return std::ranges::any_of(octets, [](std::byte octet) { return octet != std::byte{0}; });
}

bool clear(std::span<std::byte> octets) {
  if (!differs_from_zeros(octets)) return false;
  std::ranges::fill(octets, std::byte{0});
  return true;
}

bool replace(std::span<std::byte> octets, const std::byte* by) {
  if (octets.empty() || std::memcmp(octets.data(), by, octets.size()) == 0) return false;
  std::memcpy(octets.data(), by, octets.size());
  return true;
}

}  // namespace

ConnectionRedaction::ConnectionRedaction(bool from_start, bool payloads, const SecretNames& names, SecretTally& tally,
                                         const Limits& limits)
    : payloads_(payloads), names_(names), tally_(tally), limits_(limits), data_(payloads, limits) {
  if (from_start) return;
  for (Side& each : sides_) settle(each, Rest::Zeros);
}

void ConnectionRedaction::on_chunk(const Chunk& chunk) {
  Side& from = side(chunk.direction);
  if (from.finished) return;
  const bool client = chunk.direction == Direction::ToServer;
  if (chunk.missing != 0) {
    if (from.rest == Rest::Unknown) on_gap(from, chunk.missing);
    if (chunk.missing != kUnknownMissing) from.heard += chunk.missing;
    if (client) preface_.lose();
  }
  Bytes octets = chunk.bytes;
  while (client && may_switch()) {
    const auto end = preface_.find(octets);
    if (!end) break;
    take(chunk.direction, octets.first(*end));
    octets = octets.subspan(*end);
    if (!may_switch()) break;
    give_up_upgrade();
    for (Side& each : sides_) end_clear_text(each);
  }
  take(chunk.direction, octets);
}

void ConnectionRedaction::take(Direction direction, Bytes octets) {
  Side& from = side(direction);
  from.heard += octets.size();
  if (from.rest != Rest::Unknown) return;
  from.octets.insert(from.octets.end(), octets.begin(), octets.end());
  if (from.opening == Opening::NeedMore) recognise(direction);
  if (upgrade_ && from.opening == Opening::Http1) follow_upgrade(direction);
  decide(direction);
}

// A client that is not known to speak HTTP/2, and may do so later.
bool ConnectionRedaction::may_switch() const {
  const Side& client = side(Direction::ToServer);
  return payloads_ && client.rest != Rest::Zeros && client.opening != Opening::Http2 && client.opening != Opening::Tls;
}

void ConnectionRedaction::decide(Direction direction) {
  Side& from = side(direction);
  const std::span<std::byte> undecided = std::span(from.octets).subspan(from.decided - from.first);
  if (from.http2) from.decided += from.http2->redact(undecided);
  if (!from.http1) return;
  if (tunnel_ && direction == Direction::ToClient) from.http1->expect_tunnel();
  from.decided += from.http1->redact(undecided);
  if (direction == Direction::ToServer) tunnel_ = tunnel_ || from.http1->asks_for_tunnel();
  if (!from.http1->switched()) return;
  settle(from, Rest::Zeros);
  end_clear_text(side(opposite(direction)));
}

// What follows is of another protocol, and nobody can find its secrets.
void ConnectionRedaction::end_clear_text(Side& side) {
  if (side.http2 || side.opening == Opening::Tls) return;
  if (side.rest == Rest::Unknown) settle_rest(side);
  side.zeros_from = std::min(side.zeros_from, static_cast<std::int64_t>(side.heard));
}

// Of a gap of unknown size the next octet is left out, so that a reader meets one too. Of HTTP/2 so is what came of a header block,
// and all up to behind the end of the frame that the gap began in: zeros there would be frames.
void ConnectionRedaction::on_gap(Side& side, std::uint64_t missing) {
  give_up_upgrade();
  const std::uint64_t end = side.first + side.octets.size();
  const std::uint64_t to = end + (missing == kUnknownMissing ? 1 : missing);
  const std::uint64_t frame_end = side.http2 ? side.decided + side.http2->frame_end() : 0;
  const std::uint64_t from = side.http2 ? side.decided : end;
  side.gap = Gap{static_cast<std::int64_t>(from), static_cast<std::int64_t>(std::max(to, frame_end + 1))};
  settle_rest(side);
}

void ConnectionRedaction::recognise(Direction direction) {
  Side& from = side(direction);
  const Bytes all = Bytes(from.octets).subspan(from.begin - from.first);  // none is dropped before it is known what they are
  while (from.opening == Opening::NeedMore && from.tried < all.size()) {
    const Bytes first = all.first(++from.tried);
    from.opening = direction == Direction::ToServer ? http2::client_opening(first) : http2::server_opening(first);
  }
  if (from.opening != Opening::NeedMore) recognised(direction);
}

// HTTP/1.1 may ask for HTTP/2, and what becomes of it is decided with the answer: not with what the server said before.
void ConnectionRedaction::recognised(Direction direction) {
  const Side& from = side(direction);
  const Side& server = side(Direction::ToClient);
  const bool asks = direction == Direction::ToServer && from.opening == Opening::Http1 && from.begin == 0;
  if (asks && server.opening == Opening::NeedMore && server.rest == Rest::Unknown) upgrade_ = std::make_unique<http2::Upgrade>();
  if (!upgrade_ || from.opening != Opening::Http1) decide_as_recognised(direction);
  if (asks || direction == Direction::ToClient || from.opening != Opening::Http2) return;
  if (server.rest == Rest::AsItIs) end_clear_text(side(Direction::ToClient));
}

void ConnectionRedaction::follow_upgrade(Direction direction) {
  Side& from = side(direction);
  const bool client = direction == Direction::ToServer;
  const std::uint64_t end = from.first + from.octets.size();
  Bytes octets = Bytes(from.octets).subspan(from.followed - from.first);
  const http2::Switch step = client ? upgrade_->take_request(octets) : upgrade_->take_answer(octets);
  from.followed = end;
  if (step == http2::Switch::NeedMore) return;
  if (step == http2::Switch::None) return give_up_upgrade();
  if (from.decided < end - octets.size()) decide_head(direction, end - octets.size());
  // A client says nothing of HTTP/2 before it has got the 101.
  if (client && !octets.empty()) return give_up_upgrade();
  if (!client) switch_to_http2();
}

// Line by line, as what a header block of HTTP/2 says; of a body nothing, unless payloads are wanted.
void ConnectionRedaction::decide_head(Direction direction, std::uint64_t end) {
  Side& from = side(direction);
  const std::span<std::byte> all = std::span(from.octets).first(end - from.first);
  const bool has_body = direction == Direction::ToServer && !payloads_;
  const std::size_t said = has_body ? as_text(all).find(kHeadEnd) + kHeadEnd.size() : all.size();
  Http1Redaction http1(names_, tally_, limits_);
  const std::size_t masked = http1.redact(all.first(said));
  // What is left of a body is the beginning of a line, and no secret.
  if (!payloads_ || http1.switched()) clear(all.subspan(masked));
  from.decided = end;
}

void ConnectionRedaction::switch_to_http2() {
  upgrade_.reset();
  for (Side& each : sides_) {
    each.opening = Opening::NeedMore;
    each.begin = each.decided;
    each.tried = 0;
  }
  recognise(Direction::ToClient);
}

// It stays HTTP/1.1.
void ConnectionRedaction::give_up_upgrade() {
  if (!std::exchange(upgrade_, nullptr)) return;
  for (const Direction direction : {Direction::ToServer, Direction::ToClient}) {
    Side& each = side(direction);
    if (each.opening != Opening::Http1 || each.rest != Rest::Unknown) continue;
    decide_as_recognised(direction);
    decide(direction);
  }
}

void ConnectionRedaction::decide_as_recognised(Direction direction) {
  Side& from = side(direction);
  const Rest rest = rest_of(direction);
  if (rest == Rest::Unknown) return from.opening == Opening::Http2 ? start_http2(direction) : start_http1(direction);
  // By these it was known, and shall be known again. They hold no more than a method, or a version.
  if (from.opening == Opening::Http1) from.decided = std::max(from.decided, from.begin + from.tried);
  settle(from, rest);
}

// Where the client does not speak HTTP/2, what the server says to it is no HTTP/2 either, and if it is, nobody can read it.
ConnectionRedaction::Rest ConnectionRedaction::rest_of(Direction direction) const {
  const Opening opening = side(direction).opening;
  const Opening client = side(Direction::ToServer).opening;
  if (side(direction).begin != 0 && opening != Opening::Http2) return Rest::Zeros;
  if (opening == Opening::Http2 && (client == Opening::Http2 || client == Opening::NeedMore)) return Rest::Unknown;
  if (opening == Opening::Tls && (client == Opening::Tls || client == Opening::Http2)) return Rest::AsItIs;
  if (opening == Opening::Http2 || !payloads_) return Rest::Zeros;
  if (opening == Opening::Other && client == Opening::Http2) return Rest::Zeros;
  return opening == Opening::Http1 ? Rest::Unknown : Rest::AsItIs;
}

void ConnectionRedaction::start_http1(Direction direction) {
  side(direction).http1 = std::make_unique<Http1Redaction>(names_, tally_, limits_);
}

void ConnectionRedaction::start_http2(Direction direction) {
  Side& from = side(direction);
  if (direction == Direction::ToServer) from.decided = from.begin + http2::kPreface.size();
  from.http2 = std::make_unique<Http2Redaction>(direction, names_, tally_, data_, limits_);
}

void ConnectionRedaction::finish(Direction direction) {
  Side& from = side(direction);
  give_up_upgrade();
  // Too short to be anything; or the beginning of a preface, and shall be known for that again.
  const bool open = from.opening == Opening::NeedMore && from.rest == Rest::Unknown;
  const bool preface =
      open && direction == Direction::ToServer && http2::kPreface.starts_with(as_text(from.octets).substr(from.begin - from.first));
  const bool plain = open && (payloads_ || preface);
  plain ? settle(from, Rest::AsItIs) : settle_rest(from);
  from.finished = true;
}

// What is not decided of HTTP/1.1 is the beginning of a line, at most the name of a field, and no secret.
void ConnectionRedaction::settle_rest(Side& side) {
  if (side.http1) side.decided = side.first + side.octets.size();
  settle(side, Rest::Zeros);
}

void ConnectionRedaction::settle(Side& side, Rest rest) {
  if (side.rest == Rest::Unknown) {
    side.rest = rest;
    side.octets.resize(std::min<std::size_t>(side.octets.size(), side.decided - side.first));
  }
  side.http2.reset();
  side.http1.reset();
}

std::int64_t ConnectionRedaction::decided_to(Direction direction) const {
  const Side& from = side(direction);
  return from.rest != Rest::Unknown ? std::numeric_limits<std::int64_t>::max() : static_cast<std::int64_t>(from.decided);
}

std::size_t ConnectionRedaction::known(Direction direction, std::int64_t offset, std::size_t size) const {
  const Side& from = side(direction);
  const std::int64_t end = offset + static_cast<std::int64_t>(size);
  if (end > 0 && std::max<std::int64_t>(offset, 0) < static_cast<std::int64_t>(from.first + from.stale)) return 0;
  const bool inside_gap = from.gap && offset < from.gap->to && from.gap->from < end;
  return static_cast<std::size_t>(std::clamp(inside_gap ? from.gap->from : decided_to(direction), offset, end) - offset);
}

bool ConnectionRedaction::apply(Direction direction, std::int64_t offset, std::span<std::byte> octets) const {
  const Side& from = side(direction);
  const auto known_from = static_cast<std::int64_t>(from.first + from.stale);
  const auto known_to = std::max(known_from, static_cast<std::int64_t>(from.decided));
  const auto size = static_cast<std::int64_t>(octets.size());
  // Before what is remembered, remembered, behind it.
  const std::int64_t before = std::clamp<std::int64_t>(known_from - offset, 0, size);
  const std::int64_t until = std::clamp<std::int64_t>(known_to - offset, before, size);
  bool changed = clear(octets.first(static_cast<std::size_t>(before)));
  if (before < until) {
    const auto at = static_cast<std::size_t>(offset + before) - from.first;
    changed |= replace(octets.subspan(static_cast<std::size_t>(before), static_cast<std::size_t>(until - before)),
                       from.octets.data() + at);
  }
  const std::int64_t as_it_is_to = from.rest == Rest::AsItIs ? std::clamp(from.zeros_from, offset, offset + size) - offset : 0;
  return clear(octets.subspan(static_cast<std::size_t>(std::max(until, as_it_is_to)))) || changed;
}

void ConnectionRedaction::forget(Direction direction, std::int64_t end) {
  if (end > 0) drop_before(side(direction), static_cast<std::uint64_t>(end));
}

void ConnectionRedaction::forget_beyond(std::size_t bytes_max) {
  for (Side& each : sides_) {
    if (each.octets.size() <= bytes_max + bytes_max / 2) continue;
    const std::uint64_t end = each.first + each.octets.size();
    drop_before(each, end - bytes_max);
  }
}

// They are taken off when they are many: to move the rest costs time.
void ConnectionRedaction::drop_before(Side& side, std::uint64_t offset) {
  if (side.opening == Opening::NeedMore && side.rest == Rest::Unknown) return;
  const std::uint64_t to = std::min({offset, side.decided, side.first + side.octets.size()});
  if (to <= side.first + side.stale) return;
  side.stale = to - side.first;
  if (2 * side.stale < side.octets.size()) return;
  side.octets.erase(side.octets.begin(), side.octets.begin() + static_cast<std::ptrdiff_t>(side.stale));
  side.first += side.stale;
  side.stale = 0;
}

}  // namespace testigo::capture
