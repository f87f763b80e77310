// Puts the segments of one direction of one connection in order. What came before is dropped, what came too early is kept here,
// copied, until its turn comes or its owner gives up what is missing before it (how much is kept is the owner's business).
//
// Of several copies of one octet the first to come counts.
#pragma once

#include <cstdint>
#include <limits>
#include <map>
#include <vector>

#include "base/bytes.h"
#include "base/clock.h"

namespace testigo::tcp {

struct Segment {
  Time time;
  std::uint64_t packet = 0;
  std::uint64_t offset = 0;   // of its first octet, counted from the start of the direction
  Bytes bytes;                // may be empty: an acknowledgement alone
  std::uint64_t cut = 0;      // octets after `bytes` that the capture does not hold
  std::uint64_t missing = 0;  // octets before `bytes` that were given up; set by the queue
  std::uint64_t acked = 0;
};

class SegmentQueue {
 public:
  // True: it is its turn, shortened to what is new (perhaps to nothing). False: it is held, or too much alike what is held.
  bool take(Segment& segment);

  // The next held segment whose turn has come. Its octets are valid until the next call.
  bool next(Segment& segment);

  // The first held segment, `missing` being the octets that are given up before it. Its octets are valid until the next call.
  bool next_over_gap(Segment& segment);

  // The same, when it begins at `offset` or before.
  bool next_up_to(std::uint64_t offset, Segment& segment);

  // No octet comes at or behind `offset`.
  void set_end(std::uint64_t offset) { end_ = offset; }

  // Gives up everything before `offset` and says how many octets were missing and have not been told yet.
  std::uint64_t skip_to(std::uint64_t offset);

  // Octets delivered or given up.
  std::uint64_t offset() const { return offset_; }
  std::size_t held_bytes() const { return held_bytes_; }

 private:
  struct Held {
    Time time;
    std::uint64_t packet = 0;
    std::vector<std::byte> bytes;
    std::uint64_t cut = 0;
    std::uint64_t acked = 0;
  };
  static std::size_t cost(const Held& held) { return sizeof(Held) + held.bytes.size(); }
  void hold(const Segment& segment);
  void deliver(Segment& segment);

  std::uint64_t offset_ = 0;
  std::uint64_t end_ = std::numeric_limits<std::uint64_t>::max();
  std::uint64_t missing_ = 0;  // given up, to be told with the next octets
  std::multimap<std::uint64_t, Held> held_;
  std::size_t held_bytes_ = 0;
  std::vector<std::byte> given_;  // what `next` lends
};

}  // namespace testigo::tcp
