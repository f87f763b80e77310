#include "capture/connection_redaction.h"

#include <algorithm>
#include <cstring>

namespace testigo::capture {
namespace {

using http2::Opening;

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
  if (chunk.missing != 0 && from.rest == Rest::Unknown) settle_rest(from);
  if (from.rest != Rest::Unknown) return;
  from.octets.insert(from.octets.end(), chunk.bytes.begin(), chunk.bytes.end());
  if (from.opening == Opening::NeedMore) recognise(chunk.direction);
  const std::span<std::byte> undecided = std::span(from.octets).subspan(from.decided - from.first);
  if (from.http2) from.decided += from.http2->redact(undecided);
  if (!from.http1) return;
  from.decided += from.http1->redact(undecided);
  if (from.http1->switched()) settle(from, Rest::Zeros);
}

void ConnectionRedaction::recognise(Direction direction) {
  Side& from = side(direction);
  const Bytes all = from.octets;  // none is dropped before it is known what they are
  while (from.opening == Opening::NeedMore && from.tried < all.size()) {
    const Bytes first = all.first(++from.tried);
    from.opening = direction == Direction::ToServer ? http2::client_opening(first) : http2::server_opening(first);
  }
  if (from.opening != Opening::NeedMore) recognised(direction);
}

void ConnectionRedaction::recognised(Direction direction) {
  Side& from = side(direction);
  const Rest rest = rest_of(direction);
  if (rest == Rest::Unknown) return from.opening == Opening::Http2 ? start_http2(direction) : start_http1(direction);
  // By these it was known, and shall be known again. They hold no more than a method, or a version.
  if (from.opening == Opening::Http1) from.decided = from.tried;
  settle(from, rest);
}

// Where the client does not speak HTTP/2, what the server says to it is no HTTP/2 either, and if it is, nobody can read it.
ConnectionRedaction::Rest ConnectionRedaction::rest_of(Direction direction) const {
  const Opening opening = side(direction).opening;
  const Opening client = side(Direction::ToServer).opening;
  if (opening == Opening::Http2 && (client == Opening::Http2 || client == Opening::NeedMore)) return Rest::Unknown;
  if (opening == Opening::Tls && (client == Opening::Tls || client == Opening::Http2)) return Rest::AsItIs;
  if (opening == Opening::Http2 || !payloads_) return Rest::Zeros;
  return opening == Opening::Http1 ? Rest::Unknown : Rest::AsItIs;
}

void ConnectionRedaction::start_http1(Direction direction) {
  side(direction).http1 = std::make_unique<Http1Redaction>(names_, tally_, limits_);
}

void ConnectionRedaction::start_http2(Direction direction) {
  Side& from = side(direction);
  if (direction == Direction::ToServer) from.decided = http2::kPreface.size();
  from.http2 = std::make_unique<Http2Redaction>(direction, names_, tally_, data_, limits_);
}

void ConnectionRedaction::finish(Direction direction) {
  Side& from = side(direction);
  // Too short to be anything; or the beginning of a preface, and shall be known for that again.
  const bool preface = direction == Direction::ToServer && http2::kPreface.starts_with(as_text(from.octets));
  const bool plain = from.opening == Opening::NeedMore && (payloads_ || preface);
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
  return static_cast<std::size_t>(std::clamp(decided_to(direction), offset, end) - offset);
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
  if (from.rest == Rest::AsItIs) return changed;
  return clear(octets.subspan(static_cast<std::size_t>(until))) || changed;
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
