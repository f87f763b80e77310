#include "call/model.h"

#include <algorithm>
#include <utility>

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
  open(opened, connections_.size() + silent_.size());
}

void Model::open(const tcp::ConnectionOpened& opened, std::size_t others) {
  recent_.drop(opened.connection);
  connections_.erase(opened.connection);
  silent_.insert_or_assign(opened.connection, Silent{opened, history_bytes_of_one(others)});
}

std::size_t Model::history_bytes_of_one(std::size_t others) const {
  const std::size_t share = limits_.history_bytes_max_all / (2 * (others + 1));
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

void Model::hear(ConnectionNumber connection, const Chunk& chunk) {
  Connection* found = recent_.find(connection);
  if (found == nullptr) {
    found = find(connection);
    if (found == nullptr) return;
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
  Connection* const found = find(closing.connection);
  if (found == nullptr || !found->on_closing(closing)) return;
  recent_.drop(closing.connection);
  connections_.erase(closing.connection);
}

void Model::on_over(ConnectionNumber connection, tcp::Over over) {
  comes(0);
  end(connection, over);
}

void Model::end(ConnectionNumber connection, tcp::Over over) {
  Connection* const found = find(connection);
  if (found == nullptr) return;
  found->on_end(over);
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
