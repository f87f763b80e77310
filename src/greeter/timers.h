// Functions to be called later, on a thread of their own.
//
// Thread-safe. The destructor calls what is left at once and waits for it.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <thread>

#include "base/clock.h"

namespace testigo::greeter {

class Timers {
 public:
  Timers();
  Timers(const Timers&) = delete;
  Timers& operator=(const Timers&) = delete;
  ~Timers();

  void after(Duration delay, std::function<void()> function);

  // Whatever is due later is called when this delay has passed.
  void finish_within(Duration delay);

 private:
  using Moment = std::chrono::steady_clock::time_point;

  void run();

  std::mutex mutex_;
  std::condition_variable changed_;
  std::multimap<Moment, std::function<void()>> due_;
  Moment latest_ = Moment::max();
  bool stopping_ = false;
  std::thread thread_;  // last: it uses the others
};

}  // namespace testigo::greeter
