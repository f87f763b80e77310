#include "check/stream_table.h"

#include <algorithm>

namespace testigo::check {
namespace {

using http2::StreamId;

constexpr std::size_t kResetRemembered = 1000;
constexpr std::size_t kSkippedRemembered = 1000;

}  // namespace

// Frames of one stream mostly follow one another.
StreamTable::Streams::iterator StreamTable::locate(StreamId id) {
  if (recent_ == streams_.end() || recent_->first != id) recent_ = streams_.find(id);
  return recent_;
}

const StreamTable::Stream* StreamTable::find(StreamId id) {
  const auto it = locate(id);
  return it == streams_.end() ? nullptr : &it->second;
}

StreamTable::Opened StreamTable::opened(StreamId id) const {
  if (!passed(id) || skipped(id)) return Opened::Never;
  return id <= std::max(reset_forgotten_, skipped_forgotten_) ? Opened::Unknown : Opened::Once;
}

void StreamTable::open(StreamId id) {
  StreamId& highest = highest_[of_client(id)];
  if (id > highest) {
    const StreamId next = highest == 0 ? (of_client(id) ? 1 : 2) : highest + 2;
    if (!given_up_ && id > next) skip(next, id - 2);
    highest = id;
  }
  if (!given_up_ && streams_.size() >= streams_max_) give_up();
  if (given_up_) return;
  const auto [it, opened] = streams_.try_emplace(id);
  recent_ = it;
  if (opened && of_client(id)) ++open_of_client_;
}

void StreamTable::skip(StreamId first, StreamId last) {
  auto& skipped = skipped_[of_client(first)];
  skipped.push_back({first, last});
  if (skipped.size() <= kSkippedRemembered) return;
  skipped_forgotten_ = std::max(skipped_forgotten_, skipped.front().last);
  skipped.pop_front();
}

bool StreamTable::skipped(StreamId id) const {
  const auto& skipped = skipped_[of_client(id)];
  if (skipped.empty() || skipped.back().last < id) return false;
  const auto it = std::ranges::lower_bound(skipped, id, {}, &Skipped::last);
  return it != skipped.end() && it->first <= id;
}

void StreamTable::end(StreamId id, Direction by) { end(locate(id), &Ended::by_end_stream, by); }

void StreamTable::reset(StreamId id, Direction by) { end(locate(id), &Ended::by_reset, by); }

void StreamTable::end(Streams::iterator it, bool Ended::*how, Direction by) {
  if (it == streams_.end()) return;
  const bool was_closed = it->second.closed();
  Ended& side = by == Direction::ToServer ? it->second.client : it->second.server;
  side.*how = true;
  if (was_closed || !it->second.closed()) return;
  if (of_client(it->first)) --open_of_client_;
  if (!it->second.reset()) return erase(it);
  reset_.push_back(it->first);
  if (reset_.size() <= kResetRemembered) return;
  reset_forgotten_ = std::max(reset_forgotten_, reset_.front());
  erase(streams_.find(reset_.front()));
  reset_.pop_front();
}

void StreamTable::erase(Streams::iterator it) {
  streams_.erase(it);
  recent_ = streams_.end();
}

void StreamTable::give_up() {
  given_up_ = true;
  streams_.clear();
  recent_ = streams_.end();
  reset_.clear();
  for (auto& skipped : skipped_) skipped.clear();
}

}  // namespace testigo::check
