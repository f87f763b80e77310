#include "check/stream_table.h"

#include <algorithm>

namespace testigo::check {
namespace {

using http2::StreamId;

constexpr std::size_t kResetRemembered = 1000;
constexpr std::size_t kSkippedRemembered = 1000;

}  // namespace

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
  if (!given_up_ && size_ >= streams_max_) give_up();
  if (given_up_) return;
  FollowedStream& stream = *streams_.try_emplace(id).first;
  if (stream.has_life) return;
  stream.has_life = true;
  stream.life = {};
  ++size_;
  if (of_client(id)) ++open_of_client_;
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

void StreamTable::end(StreamId id, Direction by) { note(id, by, {.by_end_stream = true}); }

void StreamTable::reset(StreamId id, Direction by, std::uint64_t offset_behind) {
  note(id, by, {.by_reset = true, .reset_end = offset_behind});
}

void StreamTable::set_answered(StreamId id, bool answered) {
  FollowedStream* const stream = streams_.find(id);
  if (stream != nullptr && stream->has_life) stream->life.answered = answered;
}

void StreamTable::note(StreamId id, Direction by, const Ended& ended) {
  FollowedStream* const stream = streams_.find(id);
  if (stream == nullptr || !stream->has_life) return;
  StreamLife& life = stream->life;
  const bool was_closed = life.closed();
  Ended& side = life.side(by);
  side.by_end_stream |= ended.by_end_stream;
  if (ended.by_reset && !side.by_reset) side.reset_end = ended.reset_end;
  side.by_reset |= ended.by_reset;
  if (was_closed || !life.closed()) return;
  if (of_client(id)) --open_of_client_;
  if (!life.reset()) return forget(id);
  reset_.push_back(id);
  if (reset_.size() <= kResetRemembered) return;
  reset_forgotten_ = std::max(reset_forgotten_, reset_.front());
  forget(reset_.front());
  reset_.pop_front();
}

void StreamTable::forget(StreamId id) {
  FollowedStream& stream = *streams_.find(id);
  stream.has_life = false;
  --size_;
  if (!stream.followed()) streams_.erase(id);
}

void StreamTable::give_up() {
  given_up_ = true;
  size_ = 0;
  streams_.erase_if([](FollowedStream& stream) {
    stream.has_life = false;
    return !stream.followed();
  });
  reset_.clear();
  for (auto& skipped : skipped_) skipped.clear();
}

}  // namespace testigo::check
