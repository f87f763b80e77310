// Which calls a run shows: those that fit all that was asked for. The verdict is about all calls, whatever is shown.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "call/event.h"
#include "check/tally.h"

namespace testigo::run {

// What is empty fits every call.
struct CallSelection {
  std::string method = {};                 // a part of its path
  std::vector<std::string> statuses = {};  // any of them: "OK", "14", "unavailable"; "failed": anything but OK
  std::string peer = {};                   // the client or the server: an address, or an address and a port
  std::optional<Duration> min_latency = {};
  std::vector<std::string> findings = {};  // any of them: "RQ04"; of the call, or of its connection before the call ended

  bool empty() const { return method.empty() && statuses.empty() && peer.empty() && !min_latency && findings.empty(); }
};

// A connection whose calls cannot be seen: it fits if it is of the peer that was asked for, and nothing else was.
bool fits_unseen(const CallSelection& selection, const call::ConnectionView& connection);

// Throws UsageError for a status or a check that there is not.
void check_selection(const CallSelection& selection);

class CallFilter final : public call::Sink {
 public:
  // `next`, who hear of the calls that fit, must outlive it.
  CallFilter(CallSelection selection, std::vector<call::Sink*> next);

  call::Interest hears() const override { return {.frames = false, .blocks = false, .messages = false, .side_ends = false}; }
  void on_call(const call::CallClosed& closed) override;
  void on_withdrawn(const call::ConnectionView& connection) override;
  void on_connection_closed(const call::ConnectionClosed& closed) override;

  void on_finding(const check::Finding& finding);

  const CallSelection& selection() const { return selection_; }
  std::uint64_t seen() const { return seen_; }
  std::uint64_t shown() const { return shown_; }

 private:
  bool fits(const call::CallClosed& closed) const;
  bool found(const call::CallClosed& closed) const;

  [[gnu::noinline]] void forget(const call::CallClosed& closed) {
    found_.erase({closed.connection.number, closed.call.place.stream});
  }

  CallSelection selection_;
  bool shows_all_;
  std::vector<call::Sink*> next_;
  std::set<std::pair<call::ConnectionNumber, call::StreamId>> found_;  // stream 0: the connection
  std::uint64_t seen_ = 0;
  std::uint64_t shown_ = 0;
};

}  // namespace testigo::run
