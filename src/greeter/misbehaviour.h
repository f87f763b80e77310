// The lies that a server tells on purpose (--misbehave MODE[:N]), for the demo and the tests of the verdict.
//
// Thread-safe.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>

#include "greeter/exchange.h"
#include "greeter/reply.h"

namespace testigo::greeter {

enum class Lie : std::uint8_t {
  None,
  WrongName,        // the reply names another client
  Swap,             // two calls exchange their replies
  Swallow,          // stated as received, never answered
  SwallowSilently,  // neither stated nor answered
  Twice,            // handled twice, answered once
  Slow,             // answered after the deadline
};

struct LiePlan {
  Lie lie = Lie::None;
  std::uint64_t from_call = 1;  // of this server process
  friend bool operator==(const LiePlan&, const LiePlan&) = default;
};

constexpr std::string_view kLieNames = "wrong-name, swap, swallow, swallow-silently, twice, slow";

// "swap", "swap:5". Nothing when it is something else.
std::optional<LiePlan> parse_lie_plan(std::string_view text);

constexpr bool swallows(Lie lie) { return lie == Lie::Swallow || lie == Lie::SwallowSilently; }

class Misbehaviour {
 public:
  // The call that the reply has to name; nothing: each the call that it answers.
  using Answer = std::function<void(const std::optional<Identity>& as)>;

  Misbehaviour(LiePlan plan, Exchange::After after);

  // What is done to the call that has just come in.
  Lie next();

  // Calls `answer` now, later, or, when the call is swallowed, never.
  void prepare(Lie lie, const Identity& own, std::chrono::system_clock::time_point deadline, Answer answer);

 private:
  const LiePlan plan_;
  const Exchange::After after_;
  Exchange exchange_;
  std::atomic<std::uint64_t> calls_ = 0;
};

}  // namespace testigo::greeter
