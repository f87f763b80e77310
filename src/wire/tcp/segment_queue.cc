#include "wire/tcp/segment_queue.h"

#include <algorithm>
#include <utility>

namespace testigo::tcp {
namespace {

// Takes off what lies before `from` and behind `end`; what is wholly before `from` becomes an acknowledgement alone.
void trim(Segment& segment, std::uint64_t from, std::uint64_t end) {
  if (segment.offset < from) {
    const std::uint64_t old = from - segment.offset;
    const std::uint64_t seen = std::min<std::uint64_t>(old, segment.bytes.size());
    segment.bytes = segment.bytes.subspan(seen);
    segment.cut -= std::min(segment.cut, old - seen);
    segment.offset = from;
  }
  segment.offset = std::min(segment.offset, end);
  const std::uint64_t room = end - segment.offset;
  segment.bytes = segment.bytes.first(std::min<std::uint64_t>(room, segment.bytes.size()));
  segment.cut = std::min(segment.cut, room - segment.bytes.size());
}

}  // namespace

bool SegmentQueue::take(Segment& segment) {
  trim(segment, offset_, end_);
  if (segment.offset > offset_) {
    hold(segment);
    return false;
  }
  deliver(segment);
  return true;
}

bool SegmentQueue::next(Segment& segment) { return !held_.empty() && held_.begin()->first <= offset_ && next_over_gap(segment); }

bool SegmentQueue::next_over_gap(Segment& segment) {
  if (held_.empty()) return false;
  auto first = held_.extract(held_.begin());
  Held& held = first.mapped();
  held_bytes_ -= cost(held);
  given_ = std::move(held.bytes);
  segment = {held.time, held.packet, first.key(), given_, held.cut, 0, held.acked};
  trim(segment, offset_, end_);
  deliver(segment);
  return true;
}

bool SegmentQueue::next_up_to(std::uint64_t offset, Segment& segment) {
  return !held_.empty() && held_.begin()->first <= offset && next_over_gap(segment);
}

std::uint64_t SegmentQueue::skip_to(std::uint64_t offset) {
  const std::uint64_t to = std::max(offset_, std::min(offset, end_));
  missing_ += to - offset_;
  offset_ = to;
  return std::exchange(missing_, 0);
}

void SegmentQueue::hold(const Segment& segment) {
  const auto [first, last] = held_.equal_range(segment.offset);
  for (auto at = first; at != last; ++at) {
    Held& held = at->second;
    if (held.bytes.size() + held.cut < segment.bytes.size() + segment.cut) continue;
    if (held.bytes.empty() && held.cut == 0) held.acked = std::max(held.acked, segment.acked);
    return;
  }
  Held held{segment.time, segment.packet, {segment.bytes.begin(), segment.bytes.end()}, segment.cut, segment.acked};
  held_bytes_ += cost(held);
  held_.emplace(segment.offset, std::move(held));
}

// What was sent after a segment acknowledges no less than the segment did when it was first sent: a copy that came late may
// acknowledge more, which proves nothing about its octets.
void SegmentQueue::deliver(Segment& segment) {
  if (!held_.empty()) segment.acked = std::min(segment.acked, held_.begin()->second.acked);
  segment.missing = missing_ + (segment.offset - offset_);
  if (segment.bytes.empty() && segment.missing == missing_) {
    segment.missing = 0;  // told with octets, or at the end
  } else {
    missing_ = 0;
  }
  offset_ = segment.offset + segment.bytes.size() + segment.cut;
  missing_ += segment.cut;
}

}  // namespace testigo::tcp
