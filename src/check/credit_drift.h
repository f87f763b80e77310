// FC06: whether the window of a connection comes back to where it was (RFC 9113 section 6.9: a receiver MUST always account for its
// part of DATA). Of one direction. A window that shrinks for good is legal, and ends in a standstill: a remark only.
#pragma once

#include <algorithm>
#include <cstdint>

#include "call/event.h"
#include "check/findings.h"

namespace testigo::check {

class CreditDrift {
 public:
  // A WINDOW_UPDATE has lifted the window to so many octets. Receivers return credit in portions, and DATA may be on its way: only
  // the highest of many levels tells how much they give.
  void on_credit(std::int64_t level, const call::Spot& spot) {
    greatest_ = std::max(greatest_, level);
    if (updates_++ % kUpdates == 0) {
      before_ = recent_;
      recent_ = level;
      spot_ = spot;
    } else {
      recent_ = std::max(recent_, level);
    }
  }
  void on_connection_closed(Findings& findings) const;

 private:
  static constexpr std::uint64_t kUpdates = 16;  // of which the highest level is taken

  std::uint64_t updates_ = 0;
  std::int64_t greatest_ = 0;
  std::int64_t before_ = 0;
  std::int64_t recent_ = 0;
  call::Spot spot_;  // of the first of the recent ones
};

}  // namespace testigo::check
