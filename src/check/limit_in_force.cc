#include "check/limit_in_force.h"

#include <algorithm>

namespace testigo::check {

void LimitInForce::on_opening(const call::ConnectionView& connection) {
  if (to_ != Direction::ToServer) return;
  for (const http2::Setting& setting : connection.upgrade_settings) {
    if (setting.id != of_.setting) continue;
    of_.initial = acked_ = setting.value;
    if (setting.value < of_.least || setting.value > of_.greatest) lose();
  }
}

void LimitInForce::on_settings(const call::FrameSeen& seen) {
  const bool ack = seen.frame.header.has(http2::kFlagAck);
  if (lost_ || seen.spot.direction != (ack ? opposite(to_) : to_)) return;
  ack ? acknowledge() : announce(seen);
}

void LimitInForce::announce(const call::FrameSeen& seen) {
  announced_ = true;
  const auto* settings = std::get_if<http2::SettingsFrame>(&seen.frame.payload);
  if (settings == nullptr || unacked_.size() >= pending_max_) {
    lose();
    return;
  }
  std::optional<std::uint32_t> value;
  for (std::size_t i = 0; i < settings->size(); ++i) {
    if (settings->at(i).id == of_.setting) value = settings->at(i).value;
  }
  unacked_.push_back(value);
  if (!value) return;
  newest_ = value;
  greatest_unacked_ = std::max(greatest_unacked_, *value);
  if (*value < of_.least || *value > of_.greatest) lose();
}

void LimitInForce::lose() {
  lost_ = true;
  unacked_.clear();
}

void LimitInForce::acknowledge() {
  if (unacked_.empty()) return;
  const auto value = unacked_.front();
  unacked_.pop_front();
  if (!value) return;
  acked_ = value;
  if (*value == greatest_unacked_) find_greatest();
}

void LimitInForce::find_greatest() {
  greatest_unacked_ = 0;
  for (const auto& value : unacked_) greatest_unacked_ = std::max(greatest_unacked_, value.value_or(0));
}

std::optional<std::uint32_t> LimitInForce::in_force() const {
  if (!acked_) return std::nullopt;
  return std::max(*acked_, greatest_unacked_);
}

}  // namespace testigo::check
