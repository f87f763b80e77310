#include "check/alike_blocks.h"

namespace testigo::check {

void AlikeBlocks::on_block(const call::BlockSeen& seen) {
  if (seen.alike == 0 || seen.call == nullptr || !seen.connection.whole()) {
    for (Check* check : checks_) check->on_block(seen);
    return;
  }
  std::vector<Entry>& of_direction = entries_[static_cast<std::size_t>(seen.spot.direction)];
  if (place_of(seen) >= of_direction.size()) of_direction.resize(place_of(seen) + 1);
  Entry& entry = of_direction[place_of(seen)];
  if (!entry.speaks_for(seen) || entry.troubles != findings_.troubles()) {
    learn(entry, seen);
    return;
  }
  ++entry.others;
  for (Check* check : entry.hearers) check->on_block(seen);
}

void AlikeBlocks::learn(Entry& entry, const call::BlockSeen& seen) {
  settle(entry);
  entry = {.alike = seen.alike,
           .role = seen.role,
           .end_stream = seen.end_stream,
           .rpc_class = seen.call->rpc_class,
           .response_class = seen.call->response_class,
           .http_status = seen.call->http_status,
           .body = seen.call->response.bytes != 0,
           .list_bytes = seen.outcome.list_bytes,
           .troubles = findings_.troubles(),
           .passed = std::move(entry.passed),
           .hearers = std::move(entry.hearers)};
  entry.passed.clear();
  entry.hearers.clear();
  for (Check* check : checks_) {
    if (check->speaks_for_alike(seen)) continue;
    entry.hearers.push_back(check);
    if (!check->speaks_without_notes(seen)) entry.heard_always = true;
  }
  for (Check* check : entry.hearers) check->on_block(seen);
  const auto before = findings_.passed();
  for (std::size_t i = 0, hearer = 0; i < checks_.size(); ++i) {
    const bool heard = hearer < entry.hearers.size() && entry.hearers[hearer] == checks_[i];
    heard ? void(++hearer) : checks_[i]->on_block(seen);
  }
  if (findings_.troubles() != entry.troubles) {
    entry.alike = 0;
    return;
  }
  const auto after = findings_.passed();
  for (std::size_t id = 0; id < before.size(); ++id) {
    if (after[id] != before[id]) entry.passed.emplace_back(static_cast<Id>(id), after[id] - before[id]);
  }
}

void AlikeBlocks::settle(Entry& entry) {
  for (const auto& [id, times] : entry.passed) findings_.pass(id, times * entry.others);
  entry.others = 0;
  entry.alike = 0;
}

void AlikeBlocks::settle() {
  for (auto& of_direction : entries_) {
    for (Entry& entry : of_direction) settle(entry);
  }
}

}  // namespace testigo::check
