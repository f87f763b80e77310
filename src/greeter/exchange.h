// Two calls that exchange their replies: the first is held until the next one comes.
//
// Thread-safe.
#pragma once

#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>

#include "greeter/reply.h"

namespace testigo::greeter {

class Exchange {
 public:
  using Answer = std::function<void(const Identity& as)>;
  using After = std::function<void(Duration, std::function<void()>)>;

  Exchange(Duration hold_max, After after) : hold_max_(hold_max), after_(std::move(after)) {}

  // Calls `answer` with the identity of the other call; with its own when none came in time.
  void enter(Identity own, Answer answer);

 private:
  struct Held {
    std::uint64_t ticket = 0;
    Identity own;
    Answer answer;
  };

  void give_up(std::uint64_t ticket);

  const Duration hold_max_;
  const After after_;
  std::mutex mutex_;
  std::optional<Held> held_;
  std::uint64_t tickets_ = 0;
};

}  // namespace testigo::greeter
