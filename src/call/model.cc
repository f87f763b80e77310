#include "call/model.h"

#include <algorithm>
#include <utility>

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
  silent_.erase(opened.connection);
  const std::size_t history_bytes = history_bytes_of_one();
  silent_.emplace(opened.connection, Silent{opened, history_bytes});
}

std::size_t Model::history_bytes_of_one() const {
  const std::size_t share = limits_.history_bytes_max_all / (2 * (connections_.size() + silent_.size() + 1));
  return std::min(limits_.history_bytes_max, std::max(share, limits_.history_bytes_least));
}

Connection* Model::find(ConnectionNumber connection) {
  const auto it = connections_.find(connection);
  if (it != connections_.end()) return it->second.get();
  const auto silent = silent_.find(connection);
  if (silent == silent_.end()) return nullptr;
  Limits limits = limits_;
  limits.history_bytes_max = silent->second.history_bytes_max;
  auto begun = std::make_unique<Connection>(silent->second.opened, sink_, limits, all_);
  silent_.erase(silent);
  return connections_.emplace(connection, std::move(begun)).first->second.get();
}

void Model::on_chunk(ConnectionNumber connection, const Chunk& chunk) {
  Connection* found = recent_.find(connection);
  if (found == nullptr) {
    found = find(connection);
    if (found == nullptr) return;
    recent_.put(connection, *found);
  }
  found->on_chunk(chunk);
}

void Model::on_closing(const tcp::ConnectionClosing& closing) {
  Connection* const found = find(closing.connection);
  if (found == nullptr || !found->on_closing(closing)) return;
  recent_.drop(closing.connection);
  connections_.erase(closing.connection);
}

void Model::end(ConnectionNumber connection) {
  Connection* const found = find(connection);
  if (found == nullptr) return;
  found->on_end();
  recent_.drop(connection);
  connections_.erase(connection);
}

// In the order of their numbers; those that were silent are begun one by one.
void Model::on_end() {
  recent_.clear();
  auto next = connections_.begin();
  while (next != connections_.end() || !silent_.empty()) {
    if (next == connections_.end() || (!silent_.empty() && silent_.begin()->first < next->first)) {
      end(silent_.begin()->first);
    } else {
      next->second->on_end();
      ++next;
    }
  }
  connections_.clear();
}

}  // namespace testigo::call
