#include "call/model.h"

#include <algorithm>

namespace testigo::call {

Model::Model(Sink& sink, const Limits& limits, Counting counting) : sink_(sink), limits_(limits), counting_(counting) {}

Model::~Model() = default;

void Model::open(const tcp::ConnectionOpened& opened, std::size_t others) {
  recent_.drop(opened.connection);
  connections_.erase(opened.connection);
  connections_.emplace(opened.connection, std::make_unique<Connection>(opened, sink_, limits_of_one(others), all_));
  came(Stretches::kOctetsOfOpening);
}

void Model::came(std::size_t octets) {
  if (counting_ == Counting::Elsewhere || !stretches_.add(octets)) return;
  stretches_.at_end_of(stretches_.number(), all_.held());
  stretches_.begin_next();
  all_.count(stretches_.counted());
}

Limits Model::limits_of_one(std::size_t others) const {
  Limits limits = limits_;
  const std::size_t share = limits.history_bytes_max_all / (2 * (others + 1));
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
  came(chunk.bytes.size());
}

void Model::on_closing(const tcp::ConnectionClosing& closing) {
  const auto it = connections_.find(closing.connection);
  if (it == connections_.end()) return;
  if (it->second->on_closing(closing)) {
    recent_.drop(closing.connection);
    connections_.erase(it);
  }
  came(0);
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
