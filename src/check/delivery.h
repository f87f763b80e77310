// When frames that ask for an answer were delivered, and whether who owes the answer was free to send it.
#pragma once

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include "call/event.h"

namespace testigo::check {

// How long an answer may take. RFC 9113 sections 6.5.3 and 6.7 name no time: later than this is a warning.
inline constexpr Duration kAckPatience = std::chrono::seconds(10);

// How long an answer was waited for, or is.
struct Wait {
  Duration since_delivery{};
  // Who owes it sent nothing else for longer than the patience. Else what it had sent before may have stood in the way, in the
  // queue of its TCP, while the network lost packets or the other end did not read.
  bool withheld = false;

  bool late() const { return since_delivery > kAckPatience; }
};

// "PING was never acknowledged", or what else is to be said of a wait that was too long.
inline std::string late_text(std::string_view what, const Wait& wait) {
  return fmt::format("{}{}", what, wait.withheld ? "" : "; what its receiver had sent before may have stood in the way");
}

// Delivered is what TCP had acknowledged to the last octet before the other side sent a frame: before that nobody knows whether the
// other end lives, or how long the network took.
class Delivery {
 public:
  // `sent` asks for an answer. The newest are kept.
  void await(const call::Spot& sent) {
    Way& way = way_of(sent.direction);
    if (!way.asked.empty() && way.asked.back().end >= sent.end) return;
    if (way.asked.size() == kKept) {
      way.asked.pop_front();
      --unanswered_;
    }
    way.asked.push_back({sent.end, {}});
    ++unanswered_;
  }

  // Every frame of the connection, in order.
  void on_frame(const call::Spot& spot) {
    if (unanswered_ != 0) way_of(opposite(spot.direction)).on_answering_frame(spot);
  }

  // Of the answer to `sent` that comes now, or has not come until now. Nothing: whether it was delivered is not known (any more).
  std::optional<Wait> wait(const call::Spot& sent, Time now) const {
    const Way& way = way_of(sent.direction);
    const auto it = way.find(sent.end);
    if (it == way.asked.end() || !it->delivered) return {};
    const Time delivered = *it->delivered;
    return Wait{now - delivered, now - way.last > kAckPatience || (way.silent_from && *way.silent_from >= delivered)};
  }

  void answered(const call::Spot& sent) {
    Way& way = way_of(sent.direction);
    const auto it = way.find(sent.end);
    if (it == way.asked.end()) return;
    way.asked.erase(it);
    --unanswered_;
  }

 private:
  struct Asked {
    std::uint64_t end = 0;
    std::optional<Time> delivered{};
  };
  // What one side asked, and the frames of the other one since.
  struct Way {
    std::deque<Asked> asked{};          // in order
    Time last{};                        // of the other side's last frame
    std::optional<Time> silent_from{};  // when it was silent for longer than the patience, the last time

    std::deque<Asked>::const_iterator find(std::uint64_t end) const {
      const auto it = std::ranges::lower_bound(asked, end, {}, &Asked::end);
      return it == asked.end() || it->end != end ? asked.end() : it;
    }

    void on_answering_frame(const call::Spot& spot) {
      if (spot.time - last > kAckPatience) silent_from = last;
      last = spot.time;
      for (auto it = asked.rbegin(); it != asked.rend() && !it->delivered; ++it) {
        if (it->end <= spot.acked) it->delivered = spot.time;
      }
    }
  };
  static constexpr std::size_t kKept = 1024;

  Way& way_of(Direction asker) { return ways_[static_cast<std::size_t>(asker)]; }
  const Way& way_of(Direction asker) const { return ways_[static_cast<std::size_t>(asker)]; }

  std::array<Way, 2> ways_;
  std::size_t unanswered_ = 0;  // of both
};

}  // namespace testigo::check
