#include "greeter/misbehaviour.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

namespace testigo::greeter {
namespace {

using namespace std::chrono;

constexpr Duration kHoldMax = seconds(2);
constexpr Duration kLateBy = milliseconds(500);

constexpr std::array<std::pair<std::string_view, Lie>, 6> kLies{{
    {"wrong-name", Lie::WrongName},
    {"swap", Lie::Swap},
    {"swallow", Lie::Swallow},
    {"swallow-silently", Lie::SwallowSilently},
    {"twice", Lie::Twice},
    {"slow", Lie::Slow},
}};

std::optional<std::uint64_t> parse_from_call(std::string_view text) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || number == 0) return std::nullopt;
  return number;
}

// A call without a deadline is late from the start.
Duration until_late(system_clock::time_point deadline) {
  if (deadline == system_clock::time_point::max()) return kLateBy;
  return std::max<Duration>(deadline - system_clock::now(), Duration::zero()) + kLateBy;
}

Identity of_another_client(Identity identity) {
  identity.client = "not-" + identity.client;
  return identity;
}

}  // namespace

std::optional<LiePlan> parse_lie_plan(std::string_view text) {
  const std::size_t colon = text.find(':');
  const auto found = std::ranges::find(kLies, text.substr(0, colon), &std::pair<std::string_view, Lie>::first);
  if (found == kLies.end()) return std::nullopt;
  if (colon == std::string_view::npos) return LiePlan{found->second, 1};
  const auto from_call = parse_from_call(text.substr(colon + 1));
  if (!from_call) return std::nullopt;
  return LiePlan{found->second, *from_call};
}

Misbehaviour::Misbehaviour(LiePlan plan, Exchange::After after)
    : plan_(plan), after_(after), exchange_(kHoldMax, std::move(after)) {}

Lie Misbehaviour::next() { return ++calls_ >= plan_.from_call ? plan_.lie : Lie::None; }

void Misbehaviour::prepare(Lie lie, const Identity& own, system_clock::time_point deadline, Answer answer) {
  switch (lie) {
    case Lie::None:
    case Lie::Twice:
      return answer(std::nullopt);
    case Lie::WrongName:
      return answer(of_another_client(own));
    case Lie::Swap:
      return exchange_.enter(own, [answer = std::move(answer)](const Identity& as) { answer(as); });
    case Lie::Slow:
      return after_(until_late(deadline), [answer = std::move(answer)] { answer(std::nullopt); });
    case Lie::Swallow:
    case Lie::SwallowSilently:
      return;
  }
}

}  // namespace testigo::greeter
