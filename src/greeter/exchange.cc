#include "greeter/exchange.h"

#include <utility>

namespace testigo::greeter {

void Exchange::enter(Identity own, Answer answer) {
  std::unique_lock lock(mutex_);
  if (held_) {
    const Held other = *std::exchange(held_, std::nullopt);
    lock.unlock();
    other.answer(own);
    answer(other.own);
    return;
  }
  const std::uint64_t ticket = ++tickets_;
  held_ = Held{ticket, std::move(own), std::move(answer)};
  lock.unlock();
  after_(hold_max_, [this, ticket] { give_up(ticket); });
}

void Exchange::give_up(std::uint64_t ticket) {
  std::unique_lock lock(mutex_);
  if (!held_ || held_->ticket != ticket) return;
  const Held alone = *std::exchange(held_, std::nullopt);
  lock.unlock();
  alone.answer(alone.own);
}

}  // namespace testigo::greeter
