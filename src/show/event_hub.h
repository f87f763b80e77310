// Server-sent events for as many as look: everybody hears the same, and whoever is slow misses the oldest, and nobody waits for
// him.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"

namespace testigo::show {

// Any thread.
class EventHub {
 public:
  explicit EventHub(std::size_t bytes_max = std::size_t{8} << 20) : bytes_max_(bytes_max) {}

  // `data` is one line. The oldest events are let go where all would be more than `bytes_max`.
  void publish(std::string_view event, std::string_view data);
  // Nobody hears anything more.
  void close();

  // Where a listener begins: with what is published from now on.
  std::uint64_t now() const;
  // What came from `next` on, as it goes over the wire, and moves `next` behind it; that some is gone is an event `missed` of its
  // own. Empty when nothing came for `patience`; nothing when the hub was closed.
  std::optional<std::string> take(std::uint64_t& next, std::chrono::milliseconds patience);

 private:
  mutable std::mutex mutex_;
  std::condition_variable news_;
  std::deque<std::string> events_;
  std::uint64_t first_ = 0;  // number of the oldest that is there
  std::size_t bytes_ = 0;
  std::size_t bytes_max_;
  bool closed_ = false;
};

}  // namespace testigo::show
