// Puts the segments of one direction of one connection in order. What came before is dropped, what came too early is kept here,
// copied, until its turn comes or its owner gives up what is missing before it (how much is kept is the owner's business).
//
// Of an octet of which two copies differ it cannot be told which of them the receiver kept: it is missing. A copy that comes after
// the receiver's acknowledgement does not count.
#pragma once

#include <cstdint>
#include <limits>
#include <map>
#include <vector>

#include "base/bytes.h"
#include "base/clock.h"
#include "wire/tcp/octet_ranges.h"

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
  // True: it is its turn, shortened to what is new (perhaps to nothing). False: what is new of it is held, and may be next.
  bool take(Segment& segment);

  // What is new of it is held, even if it is its turn.
  void keep(Segment segment);

  // The next held segment whose turn has come, if it acknowledges no more than `acked_max`. Its octets are valid until the next
  // call.
  bool next(std::uint64_t acked_max, Segment& segment);

  // Nothing is held, and nothing is known to be lost.
  bool is_empty() const { return nothing_held() && cut_.empty() && differing_.empty(); }

  // It is empty, and nothing was given up that has not been told: what begins at `offset` is passed on as it is.
  bool is_plain() const { return is_empty() && missing_ == 0; }
  // As `take` does then, with so many octets that begin there, before any end that was set.
  void pass(std::size_t octets) { offset_ += octets; }

  // What is held could be told but for what it acknowledges.
  bool turn_has_come() const { return !nothing_held() && first_held() <= offset_; }

  // The first held segment, `missing` being the octets that are given up before it. Its octets are valid until the next call.
  bool next_over_gap(Segment& segment);

  // The same, when it begins at `offset` or before.
  bool next_up_to(std::uint64_t offset, Segment& segment);

  // No octet comes at or behind `offset`.
  void set_end(std::uint64_t offset) { end_ = offset; }

  // The receiver has all before `offset`.
  void acknowledge(std::uint64_t offset) { acknowledged_ = std::max(acknowledged_, offset); }

  // Gives up everything before `offset` and says how many octets were missing and have not been told yet.
  std::uint64_t skip_to(std::uint64_t offset);

  // Octets delivered or given up.
  std::uint64_t offset() const { return offset_; }
  std::size_t held_bytes() const { return held_bytes_ + kRangeCost * (cut_.size() + differing_.size()); }

 private:
  struct Held {
    Time time;
    std::uint64_t packet = 0;
    std::vector<std::byte> bytes;
    std::uint64_t acked = 0;
  };
  struct Acknowledgement {
    Time time;
    std::uint64_t packet = 0;
    std::uint64_t acked = 0;
  };
  using Pieces = std::map<std::uint64_t, Held>;  // by their offsets, apart from each other

  static constexpr std::size_t kRangeCost = 64;  // a node of a map
  static std::size_t cost(const Held& held) { return sizeof(Held) + held.bytes.size(); }
  Pieces::iterator first_held_behind(std::uint64_t offset);
  void hold(const Segment& segment);
  void compare(const Segment& segment);
  void take_out_differences(Pieces::iterator at, const Segment& segment);
  void keep_new(const Segment& segment);
  void put(std::uint64_t offset, Bytes bytes, Time time, std::uint64_t packet, std::uint64_t acked);
  bool acknowledgement_is_next() const;
  bool nothing_held() const { return held_.empty() && acknowledgements_.empty(); }
  std::uint64_t first_held() const;
  std::uint64_t first_acked() const;
  void pass_over_lost();
  void pass_over(std::uint64_t to);
  void deliver(Segment& segment);

  std::uint64_t offset_ = 0;
  std::uint64_t end_ = std::numeric_limits<std::uint64_t>::max();
  std::uint64_t acknowledged_ = 0;
  std::uint64_t missing_ = 0;  // given up, to be told with the next octets
  Pieces held_;
  std::map<std::uint64_t, Acknowledgement> acknowledgements_;  // that came without octets
  OctetRanges cut_;                                            // of held segments; another one may hold them
  OctetRanges differing_;
  std::size_t held_bytes_ = 0;
  std::vector<std::byte> given_;  // what `next` lends
};

}  // namespace testigo::tcp
