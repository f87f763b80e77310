#include "wire/tcp/segment_queue.h"

#include <algorithm>
#include <iterator>
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

std::uint64_t end_of(const Segment& segment) { return segment.offset + segment.bytes.size(); }

}  // namespace

bool SegmentQueue::take(Segment& segment) {
  trim(segment, offset_, end_);
  const std::uint64_t end = end_of(segment) + segment.cut;
  const bool alone = held_.empty() || end <= held_.begin()->first;
  if (segment.offset > offset_ || !alone || (!differing_.empty() && differing_.first_in({offset_, end}))) {
    hold(segment);
    return false;
  }
  deliver(segment);
  return true;
}

void SegmentQueue::keep(Segment segment) {
  trim(segment, offset_, end_);
  hold(segment);
}

bool SegmentQueue::next(std::uint64_t acked_max, Segment& segment) {
  if (!cut_.empty() || !differing_.empty()) pass_over_lost();
  return turn_has_come() && first_acked() <= acked_max && next_over_gap(segment);
}

bool SegmentQueue::next_over_gap(Segment& segment) {
  if (nothing_held()) {
    pass_over(std::max(cut_.end(), differing_.end()));
    return false;
  }
  if (acknowledgement_is_next()) {
    const auto [offset, first] = *acknowledgements_.begin();
    acknowledgements_.erase(acknowledgements_.begin());
    held_bytes_ -= sizeof first;
    segment = {first.time, first.packet, offset, {}, 0, 0, first.acked};
  } else {
    auto first = held_.extract(held_.begin());
    Held& held = first.mapped();
    held_bytes_ -= cost(held);
    given_ = std::move(held.bytes);
    segment = {held.time, held.packet, first.key(), given_, 0, 0, held.acked};
  }
  trim(segment, offset_, end_);
  deliver(segment);
  return true;
}

bool SegmentQueue::next_up_to(std::uint64_t offset, Segment& segment) {
  return !nothing_held() && first_held() <= offset && next_over_gap(segment);
}

std::uint64_t SegmentQueue::skip_to(std::uint64_t offset) {
  pass_over(offset);
  return std::exchange(missing_, 0);
}

void SegmentQueue::hold(const Segment& segment) {
  cut_.add({end_of(segment), end_of(segment) + segment.cut});
  if (segment.bytes.empty()) {
    const auto [at, added] =
        acknowledgements_.try_emplace(segment.offset, Acknowledgement{segment.time, segment.packet, segment.acked});
    if (added) held_bytes_ += sizeof at->second;
    at->second.acked = std::max(at->second.acked, segment.acked);
    return;
  }
  compare(segment);
  keep_new(segment);
}

SegmentQueue::Pieces::iterator SegmentQueue::first_held_behind(std::uint64_t offset) {
  const auto at = held_.upper_bound(offset);
  if (at == held_.begin()) return at;
  const auto before = std::prev(at);
  return before->first + before->second.bytes.size() > offset ? before : at;
}

void SegmentQueue::compare(const Segment& segment) {
  const std::uint64_t from = std::max(segment.offset, acknowledged_), end = end_of(segment);
  if (from >= end) return;
  for (auto at = first_held_behind(from); at != held_.end() && at->first < end;) {
    const std::uint64_t both = std::max(from, at->first);
    const Bytes held = Bytes(at->second.bytes).subspan(both - at->first);
    const Bytes said = segment.bytes.subspan(both - segment.offset);
    const std::size_t size = std::min(held.size(), said.size());
    const auto compared = at++;
    if (Bytes(held.first(size)) != Bytes(said.first(size))) take_out_differences(compared, segment);
  }
}

// The octets on which both agree stay.
void SegmentQueue::take_out_differences(Pieces::iterator at, const Segment& segment) {
  const auto piece = held_.extract(at);
  const Held& held = piece.mapped();
  const Bytes octets = held.bytes;
  held_bytes_ -= cost(held);
  const auto differs = [&](std::size_t i) {
    const std::uint64_t offset = piece.key() + i;
    if (offset < std::max(segment.offset, acknowledged_) || offset >= end_of(segment)) return false;
    return segment.bytes[offset - segment.offset] != octets[i];
  };
  for (std::size_t from = 0, to = 0; from < octets.size(); from = to) {
    const bool lost = differs(from);
    while (to < octets.size() && differs(to) == lost) ++to;
    if (lost) {
      differing_.add({piece.key() + from, piece.key() + to});
    } else {
      put(piece.key() + from, octets.subspan(from, to - from), held.time, held.packet, held.acked);
    }
  }
}

// What is neither held nor known to differ.
void SegmentQueue::keep_new(const Segment& segment) {
  const std::uint64_t end = end_of(segment);
  for (std::uint64_t from = segment.offset; from < end;) {
    const auto held = first_held_behind(from);
    const auto lost = differing_.first_in({from, end});
    std::uint64_t to = lost ? lost->from : end;
    if (held != held_.end()) to = std::min(to, std::max(from, held->first));
    if (from < to) {
      put(from, segment.bytes.subspan(from - segment.offset, to - from), segment.time, segment.packet, segment.acked);
      from = to;
    } else if (lost && lost->from == from) {
      from = lost->to;
    } else {
      from = held->first + held->second.bytes.size();
    }
  }
}

void SegmentQueue::put(std::uint64_t offset, Bytes bytes, Time time, std::uint64_t packet, std::uint64_t acked) {
  Held held{time, packet, {bytes.begin(), bytes.end()}, acked};
  held_bytes_ += cost(held);
  held_.emplace(offset, std::move(held));
}

bool SegmentQueue::acknowledgement_is_next() const {
  return !acknowledgements_.empty() && (held_.empty() || acknowledgements_.begin()->first <= held_.begin()->first);
}

std::uint64_t SegmentQueue::first_held() const {
  return acknowledgement_is_next() ? acknowledgements_.begin()->first : held_.begin()->first;
}

std::uint64_t SegmentQueue::first_acked() const {
  return acknowledgement_is_next() ? acknowledgements_.begin()->second.acked : held_.begin()->second.acked;
}

// At our turn, what nothing that comes can tell any more.
void SegmentQueue::pass_over_lost() {
  const std::uint64_t until = nothing_held() ? end_ : std::min(end_, first_held());
  for (std::uint64_t before = end_; before != offset_;) {
    before = offset_;
    for (const OctetRanges* lost : {&cut_, &differing_}) {
      const auto first = lost->first_in({offset_, until});
      if (first && first->from == offset_) pass_over(first->to);
    }
  }
}

void SegmentQueue::pass_over(std::uint64_t to) {
  to = std::max(offset_, std::min(to, end_));
  missing_ += to - offset_;
  offset_ = to;
  cut_.drop_before(offset_);
  differing_.drop_before(offset_);
}

// What was sent after a segment acknowledges no less than the segment did when it was first sent: a copy that came late may
// acknowledge more, which proves nothing about its octets.
void SegmentQueue::deliver(Segment& segment) {
  if (!nothing_held()) segment.acked = std::min(segment.acked, first_acked());
  segment.missing = missing_ + (segment.offset - offset_);
  if (segment.bytes.empty() && segment.missing == missing_) {
    segment.missing = 0;  // told with octets, or at the end
  } else {
    missing_ = 0;
  }
  offset_ = segment.offset + segment.bytes.size() + segment.cut;
  missing_ += segment.cut;
  if (!cut_.empty()) cut_.drop_before(offset_);
  if (!differing_.empty()) differing_.drop_before(offset_);
}

}  // namespace testigo::tcp
