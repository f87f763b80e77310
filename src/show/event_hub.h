// Server-sent events for as many as look: everybody hears the same, and whoever is slow misses the oldest, and nobody waits for
// him.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

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
  // What came from `next` on, as it goes over the wire, about a megabyte at most, and moves `next` behind it; that some is gone is
  // an event `missed` of its own. Empty when nothing came; nothing when the hub was closed and all that came before was taken.
  std::optional<std::string> take(std::uint64_t& next);

  // Calls `woken` each time there is something to take, on the thread that publishes, which it must not keep, in place of what was
  // to be called before; that is called no more once this returns. It must not call the hub.
  void on_news(std::function<void()> woken);

 private:
  void wake();

  mutable std::mutex mutex_;
  std::deque<std::string> events_;
  std::uint64_t first_ = 0;  // number of the oldest that is there
  std::size_t bytes_ = 0;
  std::size_t bytes_max_;
  bool closed_ = false;
  std::mutex woken_mutex_;
  std::function<void()> woken_;
};

}  // namespace testigo::show
