#include "check/stalls.h"

#include <fmt/format.h>

namespace testigo::check {
namespace {

using namespace std::chrono_literals;

constexpr Duration kWorthARemark = 1s;

}  // namespace

void Stalls::on_empty(const call::Spot& data, http2::StreamId id) {
  waiting_[static_cast<std::size_t>(data.direction)].try_emplace(id, data);
}

void Stalls::end(Direction direction, http2::StreamId id, Time time) {
  Waiting& waiting = waiting_[static_cast<std::size_t>(direction)];
  const auto it = waiting.find(id);
  if (it == waiting.end()) return;
  judge(id, it->second, time);
  waiting.erase(it);
}

void Stalls::on_connection_closed(Time ended) {
  for (const Waiting& waiting : waiting_) {
    for (const auto& [id, since] : waiting) judge(id, since, ended);
  }
}

void Stalls::judge(http2::StreamId id, const call::Spot& since, Time until) {
  findings_.judge(Id::FC05, until - since.time < kWorthARemark, since, [&] {
    const std::string window = id == 0 ? "the connection" : fmt::format("stream {}", id);
    return fmt::format("the window of {} was empty for {}: it was for the {} to give credit", window, to_human(until - since.time),
                       since.direction == Direction::ToServer ? "server" : "client");
  });
}

}  // namespace testigo::check
