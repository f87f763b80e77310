// The MAX_CONCURRENT_STREAMS that binds a client (RFC 9113 section 5.1.2; RULE 1 of the catalogue).
#pragma once

#include <cstdint>
#include <deque>
#include <optional>

#include "call/event.h"

namespace testigo::check {

class StreamLimit {
 public:
  explicit StreamLimit(std::size_t pending_max) : pending_max_(pending_max) {}

  // Any SETTINGS frame of the connection.
  void on_settings(const call::FrameSeen& seen);

  // The last acknowledged value or any newer one that was seen, whichever allows most. Nothing: no limit.
  std::optional<std::uint32_t> in_force() const;
  // Which SETTINGS an ACK answers can no longer be told.
  bool lost() const { return lost_; }

 private:
  void announce(std::optional<std::uint32_t> value);
  void acknowledge();
  void find_greatest();

  std::size_t pending_max_;
  std::optional<std::uint32_t> acked_;
  std::deque<std::optional<std::uint32_t>> unacked_;  // of each SETTINGS without its ACK; nothing: not mentioned
  std::uint32_t greatest_unacked_ = 0;
  bool lost_ = false;
};

}  // namespace testigo::check
