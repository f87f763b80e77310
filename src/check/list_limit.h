// The MAX_HEADER_LIST_SIZE that binds what is sent in one direction (RFC 9113 section 6.5.2; RULE 1 of the catalogue).
#pragma once

#include <algorithm>
#include <cstdint>
#include <deque>
#include <optional>

#include "call/event.h"

namespace testigo::check {

class ListLimit {
 public:
  explicit ListLimit(std::size_t pending_max) : pending_max_(pending_max) {}

  // SETTINGS of the receiver.
  void announced(const http2::Frame& frame) {
    const auto* settings = std::get_if<http2::SettingsFrame>(&frame.payload);
    lost_ = lost_ || settings == nullptr || unacked_.size() >= pending_max_;
    if (lost_) return;
    std::optional<std::uint32_t> value;
    for (std::size_t i = 0; i < settings->size(); ++i) {
      if (settings->at(i).id == http2::kSettingMaxHeaderListSize) value = settings->at(i).value;
    }
    unacked_.push_back(value);
    find_in_force();
  }
  // Their ACK, by the sender.
  void acknowledged() {
    if (unacked_.empty()) return;
    if (unacked_.front()) acked_ = unacked_.front();
    unacked_.pop_front();
    find_in_force();
  }

  // The last acknowledged value or any newer one that was seen, whichever allows most. Nothing: no limit.
  std::optional<std::uint32_t> in_force() const { return in_force_; }
  // Which SETTINGS an ACK answers can no longer be told.
  bool lost() const { return lost_; }

 private:
  void find_in_force() {
    in_force_ = acked_;
    for (const auto& value : unacked_) {
      if (in_force_ && value) in_force_ = std::max(*in_force_, *value);
    }
  }

  std::size_t pending_max_;
  std::optional<std::uint32_t> acked_;
  std::optional<std::uint32_t> in_force_;
  std::deque<std::optional<std::uint32_t>> unacked_;  // of each SETTINGS without its ACK; nothing: not mentioned
  bool lost_ = false;
};

}  // namespace testigo::check
