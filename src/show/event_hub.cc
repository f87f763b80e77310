#include "show/event_hub.h"

#include <fmt/format.h>

namespace testigo::show {
namespace {

constexpr std::size_t kTakenAtOnce = std::size_t{1} << 20;  // octets

}  // namespace

void EventHub::publish(std::string_view event, std::string_view data) {
  std::string text = fmt::format("event: {}\ndata: {}\n\n", event, data);
  {
    const std::lock_guard lock(mutex_);
    if (closed_) return;
    bytes_ += text.size();
    events_.push_back(std::move(text));
    for (; bytes_ > bytes_max_ && events_.size() > 1; events_.pop_front(), ++first_) bytes_ -= events_.front().size();
  }
  wake();
}

void EventHub::close() {
  {
    const std::lock_guard lock(mutex_);
    closed_ = true;
  }
  wake();
}

std::uint64_t EventHub::now() const {
  const std::lock_guard lock(mutex_);
  return first_ + events_.size();
}

std::optional<std::string> EventHub::take(std::uint64_t& next) {
  const std::lock_guard lock(mutex_);
  std::string text;
  if (next < first_) {
    text = fmt::format("event: missed\ndata: {}\n\n", first_ - next);
    next = first_;
  }
  for (; next < first_ + events_.size() && text.size() < kTakenAtOnce; ++next) text += events_[next - first_];
  if (text.empty() && closed_) return std::nullopt;
  return text;
}

void EventHub::on_news(std::function<void()> woken) {
  const std::lock_guard lock(woken_mutex_);
  woken_ = std::move(woken);
}

void EventHub::wake() {
  const std::lock_guard lock(woken_mutex_);
  if (woken_) woken_();
}

}  // namespace testigo::show
