// Which calls a run shows: those that fit all that was asked for. The verdict is about all calls, whatever is shown.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
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
  std::vector<std::string> findings = {};  // any of them: "RQ04"; of the call, or of its connection

  bool empty() const { return findings_only() && findings.empty(); }
  bool findings_only() const { return method.empty() && statuses.empty() && peer.empty() && !min_latency; }
};

// It is of a check whose findings were asked for.
bool asks_for(const CallSelection& selection, const check::Finding& finding);

// A connection whose calls cannot be seen: it fits if it is of the peer that was asked for, and nothing else was.
bool fits_unseen(const CallSelection& selection, const call::ConnectionView& connection);

// Throws UsageError for a status or a check that there is not, and for a peer that is none or written otherwise than here.
void check_selection(const CallSelection& selection);

// Where findings are asked for, a call waits until one of it or of its connection came, or its connection is over; and those behind
// it wait with it, so that they are shown in the order of their ends.
class CallFilter final : public call::Sink {
 public:
  static constexpr std::size_t kWaitingBytesMax = std::size_t{64} << 20;  // of calls that wait

  // `next`, who hear of the calls that fit, must outlive it.
  CallFilter(CallSelection selection, std::vector<call::Sink*> next, std::size_t waiting_bytes_max = kWaitingBytesMax);

  call::Interest hears() const override { return {.frames = false, .blocks = false, .messages = false, .side_ends = false}; }
  void on_call(const call::CallClosed& closed) override;
  void on_withdrawn(const call::ConnectionView& connection) override;
  void on_connection_closed(const call::ConnectionClosed& closed) override;

  void on_finding(const check::Finding& finding);

  const CallSelection& selection() const { return selection_; }
  std::uint64_t seen() const { return seen_; }
  std::uint64_t shown() const { return shown_; }
  // Calls that are not shown because they could not wait for the end of their connection: too many did.
  std::uint64_t given_up() const { return given_up_; }

 private:
  struct Waiting {
    call::ConnectionView connection;
    std::optional<call::Call> call;  // nothing: of the connection something was withdrawn
  };
  struct Connection {
    std::size_t waiting = 0;
    bool over = false;
  };

  bool fits(const call::CallClosed& closed) const;
  bool found(call::ConnectionNumber connection, call::StreamId stream) const;
  void wait(Waiting waiting);
  void tell_decided();
  void show(const call::CallClosed& closed);
  void forget(call::ConnectionNumber connection);

  CallSelection selection_;
  bool shows_all_;
  std::size_t waiting_bytes_max_;
  std::vector<call::Sink*> next_;
  std::set<std::pair<call::ConnectionNumber, call::StreamId>> found_;  // stream 0: the connection
  std::deque<Waiting> waiting_;
  std::size_t waiting_bytes_ = 0;
  std::unordered_map<call::ConnectionNumber, Connection> connections_;  // of which something waits
  std::uint64_t seen_ = 0;
  std::uint64_t shown_ = 0;
  std::uint64_t given_up_ = 0;
};

}  // namespace testigo::run
