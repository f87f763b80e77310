// When frames that ask for an answer were delivered: the first frame of the other side behind a TCP acknowledgement of their last
// octet. Before that nobody knows whether the other end lives, or how long the network took.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <deque>
#include <optional>

#include "call/event.h"

namespace testigo::check {

class Delivery {
 public:
  // `sent` asks for an answer. The newest are kept.
  void await(const call::Spot& sent) {
    std::deque<Asked>& asked = asked_[index(sent.direction)];
    if (!asked.empty() && asked.back().end >= sent.end) return;
    if (asked.size() == kKept) asked.pop_front();
    asked.push_back({sent.end, {}});
    under_way_[index(sent.direction)] = true;
  }

  // Every frame of the connection, in order.
  void on_frame(const call::Spot& spot) {
    const std::size_t asker = index(opposite(spot.direction));
    if (!under_way_[asker] || spot.acked <= acked_[asker]) return;
    acked_[asker] = spot.acked;
    for (auto asked = asked_[asker].rbegin(); asked != asked_[asker].rend() && !asked->delivered; ++asked) {
      if (asked->end <= spot.acked) asked->delivered = spot.time;
    }
    under_way_[asker] = asked_[asker].back().end > spot.acked;
  }

  // Nothing: not yet, or nobody knows any more.
  std::optional<Time> delivered(const call::Spot& sent) const {
    const std::deque<Asked>& asked = asked_[index(sent.direction)];
    const auto it = std::ranges::lower_bound(asked, sent.end, {}, &Asked::end);
    return it == asked.end() || it->end != sent.end ? std::nullopt : it->delivered;
  }

 private:
  struct Asked {
    std::uint64_t end = 0;
    std::optional<Time> delivered{};
  };
  static constexpr std::size_t kKept = 1024;
  static std::size_t index(Direction direction) { return static_cast<std::size_t>(direction); }

  std::array<std::deque<Asked>, 2> asked_;  // by direction, in order
  std::array<bool, 2> under_way_{};         // some of them
  std::array<std::uint64_t, 2> acked_{};    // of the direction
};

}  // namespace testigo::check
