#include "call/model.h"

#include <algorithm>

namespace testigo::call {

Model::~Model() = default;

void Model::begin_stretch() {
  stretches_.at_end_of(stretches_.number(), all_.held());
  stretches_.begin_next();
  all_.count(stretches_.counted());
}

void Model::comes(std::size_t octets) {
  if (stretches_.is_over()) begin_stretch();
  stretches_.add(octets);
}

void Model::on_opened(const tcp::ConnectionOpened& opened) {
  comes(Stretches::kOctetsOfOpening);
  open(opened, connections_.size());
}

void Model::open(const tcp::ConnectionOpened& opened, std::size_t others) {
  recent_.drop(opened.connection);
  connections_.erase(opened.connection);
  connections_.emplace(opened.connection, std::make_unique<Connection>(opened, sink_, limits_of_one(others), all_));
}

Limits Model::limits_of_one(std::size_t others) const {
  Limits limits = limits_;
  const std::size_t share = limits.history_bytes_max_all / (2 * (others + 1));
  limits.history_bytes_max = std::min(limits.history_bytes_max, std::max(share, limits.history_bytes_least));
  return limits;
}

void Model::hear(ConnectionNumber connection, const Chunk& chunk) {
  Connection* found = recent_.find(connection);
  if (found == nullptr) {
    const auto it = connections_.find(connection);
    if (it == connections_.end()) return;
    found = it->second.get();
    recent_.put(connection, *found);
  }
  found->on_chunk(chunk);
}

void Model::on_chunk(ConnectionNumber connection, const Chunk& chunk) {
  if (stretches_.is_over()) return hear_first(connection, chunk);
  stretches_.add(chunk.bytes.size());
  hear(connection, chunk);
}

// The chunk that a stretch begins with; apart, so that the usual one need not be kept meanwhile.
void Model::hear_first(ConnectionNumber connection, const Chunk& chunk) {
  begin_stretch();
  on_chunk(connection, chunk);
}

void Model::on_closing(const tcp::ConnectionClosing& closing) {
  comes(0);
  close(closing);
}

void Model::close(const tcp::ConnectionClosing& closing) {
  const auto it = connections_.find(closing.connection);
  if (it == connections_.end() || !it->second->on_closing(closing)) return;
  recent_.drop(closing.connection);
  connections_.erase(it);
}

void Model::end(ConnectionNumber connection) {
  const auto it = connections_.find(connection);
  if (it == connections_.end()) return;
  it->second->on_end();
  recent_.drop(connection);
  connections_.erase(it);
}

void Model::on_end() {
  recent_.clear();
  for (auto& [number, connection] : connections_) connection->on_end();
  connections_.clear();
}

}  // namespace testigo::call
