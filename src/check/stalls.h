// FC05: senders that wait at an empty window, and whose turn it is (RFC 9113 section 5.2.2). Back-pressure is legal: remarks only.
#pragma once

#include <array>
#include <map>

#include "call/event.h"
#include "check/findings.h"

namespace testigo::check {

class Stalls {
 public:
  explicit Stalls(Findings& findings) : findings_(findings) {}

  // DATA that is not the last of its stream has used up the window of `id`, 0: of the connection. Only of streams that are
  // followed.
  void on_empty(const call::Spot& data, http2::StreamId id);
  // Credit has come for DATA of that direction, or no more is needed.
  void on_end(Direction direction, http2::StreamId id, Time time) {
    if (!waiting_[static_cast<std::size_t>(direction)].empty()) end(direction, id, time);
  }
  void on_connection_closed(Time ended);

 private:
  // Since when, by stream.
  using Waiting = std::map<http2::StreamId, call::Spot>;
  void end(Direction direction, http2::StreamId id, Time time);
  void judge(http2::StreamId id, const call::Spot& since, Time until);

  Findings& findings_;
  std::array<Waiting, 2> waiting_;  // by the direction of the DATA
};

}  // namespace testigo::check
