#include "capture/redaction.h"

#include <algorithm>
#include <limits>

namespace testigo::capture {
namespace {

// As many as a reassembly remembers, whose late packets may come.
constexpr std::size_t kOverRemembered = 4096;

std::int64_t end_of(const tcp::Placement& placement, std::size_t size) {
  return placement.offset + static_cast<std::int64_t>(size);
}

}  // namespace

Redaction::Redaction(bool payloads, const std::vector<std::string>& secrets, const Limits& limits)
    : payloads_(payloads), names_(secrets), tally_(limits), limits_(limits) {}

void Redaction::on_opened(const tcp::ConnectionOpened& opened) {
  if (find(opened.connection) != nullptr) std::erase(over_, opened.connection);
  remove(opened.connection);
  connections_.emplace(opened.connection,
                       std::make_unique<ConnectionRedaction>(opened.from_start, payloads_, names_, tally_, limits_of_one()));
}

void Redaction::on_chunk(tcp::ConnectionNumber connection, const Chunk& chunk) {
  ConnectionRedaction* const found = find(connection);
  if (found == nullptr) return;
  const std::size_t before = found->remembered();
  found->on_chunk(chunk);
  bound(*found, before, chunk.bytes.size());
}

void Redaction::on_closing(const tcp::ConnectionClosing& closing) {
  finish(closing.connection, closing.direction);
  if (closing.closing != tcp::Closing::Fin) finish(closing.connection, opposite(closing.direction));
}

void Redaction::on_over(tcp::ConnectionNumber connection) {
  finish(connection, Direction::ToServer);
  finish(connection, Direction::ToClient);
}

void Redaction::finish(tcp::ConnectionNumber connection, Direction direction) {
  ConnectionRedaction* const found = find(connection);
  if (found == nullptr || found->finished()) return;
  const std::size_t before = found->remembered();
  found->finish(direction);
  if (found->finished()) over_.push_back(connection);
  bound(*found, before, 0);
}

void Redaction::on_end() {
  for (auto& [number, connection] : connections_) {
    connection->finish(Direction::ToServer);
    connection->finish(Direction::ToClient);
  }
}

std::int64_t Redaction::decided_to(tcp::ConnectionNumber connection, Direction direction) const {
  const ConnectionRedaction* const found = find(connection);
  return found == nullptr ? std::numeric_limits<std::int64_t>::max() : found->decided_to(direction);
}

std::size_t Redaction::known(const tcp::Placement& placement, std::size_t size) const {
  const ConnectionRedaction* const found = find(placement.connection);
  return found == nullptr ? 0 : found->known(placement.direction, placement.offset, size);
}

bool Redaction::apply(const tcp::Placement& placement, std::span<std::byte> octets) const {
  if (const ConnectionRedaction* const found = find(placement.connection)) {
    return found->apply(placement.direction, placement.offset, octets);
  }
  std::ranges::fill(octets, std::byte{0});
  return true;
}

void Redaction::forget(const tcp::Placement& placement, std::size_t size) {
  ConnectionRedaction* const found = find(placement.connection);
  if (found == nullptr || size == 0) return;
  const std::size_t before = found->remembered();
  found->forget(placement.direction, end_of(placement, size));
  remembered_ += found->remembered() - before;
}

ConnectionRedaction* Redaction::find(tcp::ConnectionNumber connection) const {
  const auto at = connections_.find(connection);
  return at == connections_.end() ? nullptr : at->second.get();
}

// HPACK's history is shared out as the model does it, so that both know the same of a block.
Limits Redaction::limits_of_one() const {
  Limits limits = limits_;
  const std::size_t share = limits.history_bytes_max_all / (2 * (connections_.size() - over_.size() + 1));
  limits.history_bytes_max = std::min(limits.history_bytes_max, std::max(share, limits.history_bytes_least));
  return limits;
}

// Gives up what is remembered of connections that are over first, then what is old of the one that grows: not what it was just
// told, for the packet that carried it is on its way.
void Redaction::bound(ConnectionRedaction& grown, std::size_t before, std::size_t told) {
  remembered_ += grown.remembered() - before;
  while (!over_.empty() && (over_.size() > kOverRemembered || remembered_ > limits_.masked_bytes_kept_all)) {
    const tcp::ConnectionNumber oldest = over_.front();
    if (over_.size() == 1 && find(oldest) == &grown) break;  // its last packet may be on its way
    over_.pop_front();
    remove(oldest);
  }
  const std::size_t now = grown.remembered();
  const bool full = remembered_ > limits_.masked_bytes_kept_all;
  grown.forget_beyond(std::max(told, full ? limits_.masked_bytes_kept_least : limits_.masked_bytes_kept));
  remembered_ += grown.remembered() - now;
}

void Redaction::remove(tcp::ConnectionNumber connection) {
  const auto at = connections_.find(connection);
  if (at == connections_.end()) return;
  remembered_ -= at->second->remembered();
  connections_.erase(at);
}

}  // namespace testigo::capture
