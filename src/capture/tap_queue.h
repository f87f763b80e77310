// What stands between the thread that carries and the sink: a bounded queue and the thread that calls the sink.
//
// Two batches take turns: one is filled while the other is handed over. The sink gets what came in the order it came, on_idle when
// nothing waits (and every few milliseconds when something always does), on_end at the end.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <thread>
#include <variant>
#include <vector>

#include "wire/tcp/connection_sink.h"

namespace testigo::capture {

class TapQueue {
 public:
  // `drained` is called on the queue's thread when there is room again after `must_wait` said that there was none.
  // Everything given must outlive the queue. At most about `bytes_max` octets wait; one push may go beyond it.
  TapQueue(tcp::ConnectionSink& sink, std::size_t bytes_max, std::function<void()> drained);
  ~TapQueue() { close(); }
  TapQueue(const TapQueue&) = delete;
  TapQueue& operator=(const TapQueue&) = delete;

  // Copies. What was pushed is handed over at once or, at the latest, after `wake`.
  void push(const tcp::ConnectionOpened& opened);
  void push(tcp::ConnectionNumber connection, const Chunk& chunk);
  void push(const tcp::ConnectionClosing& closing);
  void wake();

  // The queue is full: push nothing more before `drained` is called.
  bool must_wait();

  // Hands over what waits, calls on_end, and returns. A second call does nothing.
  void close();

 private:
  struct Carried {
    tcp::ConnectionNumber connection = 0;
    Chunk chunk;  // its octets are the next `size` ones of the batch
    std::size_t size = 0;
  };
  using Event = std::variant<tcp::ConnectionOpened, Carried, tcp::ConnectionClosing>;
  struct Batch {
    std::vector<Event> events;
    std::vector<std::byte> bytes;
    std::size_t cost() const { return events.size() * sizeof(Event) + bytes.size(); }
    void clear();
  };

  void run();
  bool take(Batch& batch);
  void hand_over(const Batch& batch);
  bool linger();

  tcp::ConnectionSink& sink_;
  const std::size_t batch_bytes_max_;
  std::function<void()> drained_;
  std::mutex mutex_;
  std::condition_variable changed_;
  Batch waiting_;          // guarded by mutex_, as are the flags
  bool sleeping_ = false;  // the thread waits for `wake`
  bool full_ = false;      // somebody waits for `drained`
  bool closed_ = false;
  std::thread thread_;
};

}  // namespace testigo::capture
