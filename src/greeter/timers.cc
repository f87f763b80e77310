#include "greeter/timers.h"

#include <algorithm>

namespace testigo::greeter {

using std::chrono::steady_clock;

Timers::Timers() : thread_([this] { run(); }) {}

Timers::~Timers() {
  finish_within(Duration::zero());
  {
    const std::scoped_lock lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_one();
  thread_.join();
}

void Timers::after(Duration delay, std::function<void()> function) {
  {
    const std::scoped_lock lock(mutex_);
    due_.emplace(steady_clock::now() + delay, std::move(function));
  }
  changed_.notify_one();
}

void Timers::finish_within(Duration delay) {
  {
    const std::scoped_lock lock(mutex_);
    latest_ = std::min(latest_, steady_clock::now() + delay);
  }
  changed_.notify_one();
}

void Timers::run() {
  std::unique_lock lock(mutex_);
  while (!stopping_ || !due_.empty()) {
    if (due_.empty()) {
      changed_.wait(lock);
      continue;
    }
    const Moment next = std::min(due_.begin()->first, latest_);
    if (steady_clock::now() < next) {
      changed_.wait_until(lock, next);
      continue;
    }
    const auto function = std::move(due_.extract(due_.begin()).mapped());
    lock.unlock();
    function();
    lock.lock();
  }
}

}  // namespace testigo::greeter
