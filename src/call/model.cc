#include "call/model.h"

#include <algorithm>

namespace testigo::call {

Model::Model(Sink& sink, const Limits& limits, std::size_t sharers) : sink_(sink), limits_(limits) {
  limits_.streams_max_all = std::max(limits.streams_max_all / sharers, std::min(limits.streams_max_all, limits.streams_max));
  limits_.message_bytes_kept_all /= sharers;
  limits_.history_bytes_max_all /= sharers;
  all_.resyncs_with_memory /= sharers;
}

Model::~Model() = default;

void Model::on_opened(const tcp::ConnectionOpened& opened) {
  recent_.drop(opened.connection);
  connections_.erase(opened.connection);
  connections_.emplace(opened.connection, std::make_unique<Connection>(opened, sink_, limits_of_one(), all_));
}

Limits Model::limits_of_one() const {
  Limits limits = limits_;
  const std::size_t share = limits.history_bytes_max_all / (2 * (connections_.size() + 1));
  limits.history_bytes_max = std::min(limits.history_bytes_max, std::max(share, limits.history_bytes_least));
  return limits;
}

void Model::on_chunk(ConnectionNumber connection, const Chunk& chunk) {
  Connection* found = recent_.find(connection);
  if (found == nullptr) {
    const auto it = connections_.find(connection);
    if (it == connections_.end()) return;
    found = it->second.get();
    recent_.put(connection, *found);
  }
  found->on_chunk(chunk);
}

void Model::on_closing(const tcp::ConnectionClosing& closing) {
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
