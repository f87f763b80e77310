#include "check/stream_limit.h"

#include <algorithm>

namespace testigo::check {

void StreamLimit::on_settings(const call::FrameSeen& seen) {
  const bool ack = seen.frame.header.has(http2::kFlagAck);
  if (ack != (seen.spot.direction == Direction::ToServer) || lost_) return;
  if (ack) {
    acknowledge();
    return;
  }
  const auto* settings = std::get_if<http2::SettingsFrame>(&seen.frame.payload);
  if (settings == nullptr || unacked_.size() >= pending_max_) {
    lost_ = true;
    unacked_.clear();
    return;
  }
  std::optional<std::uint32_t> value;
  for (std::size_t i = 0; i < settings->size(); ++i) {
    if (settings->at(i).id == http2::kSettingMaxConcurrentStreams) value = settings->at(i).value;
  }
  announce(value);
}

void StreamLimit::announce(std::optional<std::uint32_t> value) {
  unacked_.push_back(value);
  if (value) greatest_unacked_ = std::max(greatest_unacked_, *value);
}

void StreamLimit::acknowledge() {
  if (unacked_.empty()) return;
  const auto value = unacked_.front();
  unacked_.pop_front();
  if (!value) return;
  acked_ = value;
  if (*value == greatest_unacked_) find_greatest();
}

void StreamLimit::find_greatest() {
  greatest_unacked_ = 0;
  for (const auto& value : unacked_) greatest_unacked_ = std::max(greatest_unacked_, value.value_or(0));
}

std::optional<std::uint32_t> StreamLimit::in_force() const {
  if (!acked_) return std::nullopt;
  return std::max(*acked_, greatest_unacked_);
}

}  // namespace testigo::check
