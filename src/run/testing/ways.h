// The same octets in other packets, as a sender, a network or another place to listen might have it.
//
// What every way keeps: how much a sender had acknowledged when it sent an octet, and that nobody acknowledges what was not seen
// before. Order across directions rests on the first, what may be said not to have come before on the second; `delayed` alone
// breaks the second one. All but `interleaved` and `delayed` keep the times too, of packets that are `levelled`.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <map>
#include <random>
#include <span>
#include <vector>

#include "base/testing/cuts.h"
#include "capture/testing/capture_octets.h"

namespace testigo::run::testing {

using capture::testing::Segment;
using capture::testing::Segments;

// How far a network may shift what is sent; more of it would be another conversation, for what answers to keepalives and deadlines.
constexpr Duration kShift = std::chrono::milliseconds(2);

class Random {
 public:
  explicit Random(std::uint64_t seed) : bits_(seed) {}
  std::uint64_t below(std::uint64_t end) { return bits_() % end; }
  bool one_in(std::uint64_t n) { return below(n) == 0; }

 private:
  std::mt19937_64 bits_;
};

inline bool is_from(const Segment& a, const Segment& b) {
  return a.head.source == b.head.source && a.head.source_port == b.head.source_port && a.head.destination == b.head.destination &&
         a.head.destination_port == b.head.destination_port;
}

inline bool answers(const Segment& a, const Segment& b) {
  return a.head.source == b.head.destination && a.head.source_port == b.head.destination_port &&
         a.head.destination == b.head.source && a.head.destination_port == b.head.source_port;
}

inline bool are_near(const Segment& a, const Segment& b) { return std::chrono::abs(b.time - a.time) <= kShift; }

// What opens a connection, or throws it away: another place would make it another connection.
inline bool stays(const Segment& segment) { return segment.head.syn || segment.head.rst; }

inline std::uint32_t end_of(const Segment& segment) {
  return segment.head.sequence + static_cast<std::uint32_t>(segment.octets.size()) + (segment.head.fin ? 1 : 0);
}

// Signed distance of sequence numbers.
inline std::int32_t distance(std::uint32_t from, std::uint32_t to) { return static_cast<std::int32_t>(to - from); }

// What one side sends without a packet of the other between, as it were one burst.
inline std::size_t burst_end(const Segments& segments, std::size_t begin, Duration within) {
  std::size_t end = begin + 1;
  const auto goes_on = [&](const Segment& next) {
    return is_from(segments[begin], next) && !stays(segments[begin]) && !stays(next) &&
           std::chrono::abs(next.time - segments[begin].time) <= within;
  };
  while (end < segments.size() && goes_on(segments[end])) ++end;
  return end;
}

// All of a burst comes when the last of it came: then neither order nor number of its packets shows in a time.
inline Segments levelled(Segments segments) {
  for (std::size_t begin = 0, end = 0; begin < segments.size(); begin = end) {
    end = burst_end(segments, begin, kShift);
    for (std::size_t i = begin; i < end; ++i) segments[i].time = segments[end - 1].time;
  }
  return segments;
}

// By a seed of `Cuts`.
inline Segments cut(const Segments& segments, std::uint64_t seed) {
  Segments pieces;
  for (const Segment& segment : segments) {
    testigo::testing::Cuts cuts(segment.octets, stays(segment) ? 0 : seed < 2 ? seed : seed + pieces.size());
    Segment piece = segment;
    piece.octets.clear();
    piece.head.psh = piece.head.fin = false;
    while (const auto octets = cuts.next()) {
      piece.octets.assign(octets->begin(), octets->end());
      pieces.push_back(piece);
      piece.head.sequence += static_cast<std::uint32_t>(octets->size());
    }
    if (segment.octets.empty()) pieces.push_back(piece);
    pieces.back().head.psh = segment.head.psh;
    pieces.back().head.fin = segment.head.fin;
  }
  return pieces;
}

inline bool can_join(const Segment& a, const Segment& b) {
  constexpr std::size_t kPacketBytesMax = 60'000;
  return is_from(a, b) && a.time == b.time && !stays(a) && !stays(b) && !a.head.fin && a.head.ack && b.head.ack &&
         end_of(a) == b.head.sequence && a.head.acknowledgement == b.head.acknowledgement && b.comment.empty() &&
         a.octets.size() + b.octets.size() < kPacketBytesMax;
}

// What one side sends in a burst, without having received more meanwhile, becomes one packet.
inline Segments joined(const Segments& segments) {
  Segments out;
  for (const Segment& segment : segments) {
    if (out.empty() || !can_join(out.back(), segment)) {
      out.push_back(segment);
      continue;
    }
    Segment& last = out.back();
    append(last.octets, segment.octets);
    last.head.psh |= segment.head.psh;
    last.head.fin |= segment.head.fin;
  }
  return out;
}

// Changes places, and keeps the times as they were: at that time that one came.
inline void swap_places(Segment& a, Segment& b) {
  std::swap(a, b);
  std::swap(a.time, b.time);
}

// Packets of a burst come in another order.
inline Segments reordered(Segments segments, std::uint64_t seed) {
  constexpr std::size_t kFarthest = 6;
  Random random(seed);
  for (std::size_t begin = 0, end = 0; begin < segments.size(); begin = end) {
    end = burst_end(segments, begin, Duration(0));
    for (std::size_t i = begin; i + 1 < end; ++i) {
      std::swap(segments[i], segments[i + random.below(std::min(end - i, kFarthest))]);
    }
  }
  return segments;
}

// Two neighbours of different directions that cross: the second one was sent before the first had come.
inline bool cross(const Segment& a, const Segment& b) {
  return answers(a, b) && are_near(a, b) && !stays(a) && !stays(b) && distance(b.head.acknowledgement, a.head.sequence) >= 0 &&
         end_of(a) != a.head.sequence;
}

// What crosses is seen in the other order, as it is nearer to the other end.
inline Segments interleaved(Segments segments, std::uint64_t seed) {
  Random random(seed);
  for (std::size_t i = 0; i + 1 < segments.size(); ++i) {
    if (cross(segments[i], segments[i + 1]) && random.one_in(2)) swap_places(segments[i], segments[i + 1]);
  }
  return segments;
}

// Some come again a little later, and some bring again what came before them.
class Repeater {
 public:
  explicit Repeater(std::uint64_t seed) : random_(seed) {}

  Segments repeat(const Segments& segments) {
    Segments out;
    for (const Segment& segment : segments) {
      out.push_back(segment);
      const bool plain = !stays(segment) && !segment.octets.empty();
      if (plain && random_.one_in(3)) bring_again(out.back(), tails_[key_of(segment)]);
      if (plain) keep(segment);
      repeat_one(out);
    }
    return out;
  }

 private:
  using Key = std::array<std::uint64_t, 2>;
  struct Tail {
    std::uint32_t end = 0;
    std::vector<std::byte> octets;
  };

  // Of a conversation there is one at a time between two ports.
  static Key key_of(const Segment& segment) { return {segment.head.source_port, segment.head.destination_port}; }

  void bring_again(Segment& segment, const Tail& tail) {
    if (tail.octets.empty() || tail.end != segment.head.sequence) return;
    const std::size_t size = 1 + random_.below(tail.octets.size());
    segment.octets.insert(segment.octets.begin(), tail.octets.end() - static_cast<std::ptrdiff_t>(size), tail.octets.end());
    segment.head.sequence -= static_cast<std::uint32_t>(size);
  }

  void keep(const Segment& segment) {
    constexpr std::size_t kKept = 80;
    Tail& tail = tails_[key_of(segment)];
    if (tail.end != segment.head.sequence) tail.octets.clear();
    append(tail.octets, segment.octets);
    if (tail.octets.size() > kKept) tail.octets.erase(tail.octets.begin(), tail.octets.end() - kKept);
    tail.end = segment.head.sequence + static_cast<std::uint32_t>(segment.octets.size());
  }

  // A SYN behind the end of the connection that it opened is that of another one, with the same ports; behind a refusal it is not.
  static bool opens_another(const Segments& segments, std::size_t at) {
    const Segment& syn = segments[at];
    if (!syn.head.syn || syn.head.ack) return false;
    bool answered = false, ended = false;
    for (const Segment& later : std::span(segments).subspan(at + 1)) {
      if (!is_from(syn, later) && !answers(syn, later)) continue;
      answered |= later.head.syn && later.head.ack;
      ended |= later.head.fin || later.head.rst;
    }
    return answered && ended;
  }

  void repeat_one(Segments& out) {
    constexpr std::size_t kBack = 6;
    if (!random_.one_in(3)) return;
    const std::size_t at = out.size() - 1 - random_.below(std::min(out.size(), kBack));
    Segment again = out[at];
    if (again.head.rst || !are_near(again, out.back()) || opens_another(out, at)) return;
    again.time = out.back().time;
    out.push_back(again);
  }

  Random random_;
  std::map<Key, Tail> tails_;
};

inline Segments repeated(const Segments& segments, std::uint64_t seed) { return Repeater(seed).repeat(segments); }

// Who closes first is who is seen to close first; and what comes behind an acknowledged end is not waited for.
inline bool may_be_late(const Segment& segment) { return !stays(segment) && !segment.head.fin; }

// Whatever the direction, some come a few places later: an acknowledgement may come before what it acknowledges.
inline Segments delayed(Segments segments, std::uint64_t seed) {
  Random random(seed);
  for (std::size_t i = 0; i + 1 < segments.size(); ++i) {
    const std::size_t later = random.one_in(3) ? random.below(4) : 0;
    for (std::size_t j = i; j < std::min(i + later, segments.size() - 1); ++j) {
      if (!may_be_late(segments[j]) || !may_be_late(segments[j + 1]) || !are_near(segments[j], segments[j + 1])) break;
      swap_places(segments[j], segments[j + 1]);
    }
  }
  return segments;
}

}  // namespace testigo::run::testing
