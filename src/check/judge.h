// Runs all checks over all connections of a run.
#pragma once

#include <array>
#include <functional>
#include <map>
#include <memory>
#include <vector>

#include "base/limits.h"
#include "call/event.h"
#include "call/roster.h"
#include "check/all_checks.h"
#include "check/findings.h"

namespace testigo::check {

// What becomes of connections whose client does not speak HTTP/2: a finding (somebody was to speak it), or nobody's business here.
enum class Foreign : std::uint8_t { Judged, PassedOver };

class Judge final : public call::Sink {
 public:
  explicit Judge(const Limits& limits = {}, Foreign foreign = Foreign::Judged)
      : log_(limits), run_(log_), across_(limits), foreign_(foreign) {}

  void on_connection(const call::ConnectionView& connection) override;
  void on_opening(const call::ConnectionView& connection, const call::Spot& spot, http2::Opening opening) override;
  void on_frame(const call::FrameSeen& seen) override;
  void on_block(const call::BlockSeen& seen) override;
  void on_message(const call::MessageSeen& seen) override;
  void on_side_ended(const call::SideEnded& ended) override;
  void on_call(const call::CallClosed& closed) override;
  void on_connection_closed(const call::ConnectionClosed& closed) override;

  void on_finding(std::function<void(const Finding&)> listener) { log_.on_finding(std::move(listener)); }
  // Called for every connection that has closed.
  using OnTally = std::function<void(call::ConnectionNumber, ConnectionTally)>;
  void on_tally(OnTally listener) { on_tally_ = std::move(listener); }

  // Whether connections that open now are those of the other side of a hop; all before have closed.
  void hear_other_side(bool other) { log_.hear_other_side(other); }
  // For rows that look beyond one connection.
  Findings& of_run() { return run_; }

  // Of the connections that have closed, and of the run.
  Tally tally() const;

 private:
  // A connection and its checks. It stays where it is: they point at `findings`, and the roster at them.
  struct Attended {
    Attended(FindingLog& log, Across& across);

    Findings findings;
    std::vector<std::unique_ptr<Check>> checks;
    call::Roster roster;
    std::array<std::vector<Check*>, FrameTypes::kCount> frames;  // by type
  };
  // Null when there is none.
  Attended* of(const call::ConnectionView& connection) {
    return last_ != nullptr && last_number_ == connection.number ? last_ : look_up(connection.number);
  }
  Attended* look_up(call::ConnectionNumber connection);
  void add(call::ConnectionNumber connection, const Findings& findings);

  // What stands behind a gap is told, and not judged: null too.
  Attended* judged(const call::ConnectionView& connection, const call::Spot& spot) {
    return connection.whole(spot.direction) ? of(connection) : nullptr;
  }
  bool passes_over(const call::ConnectionView& connection) const;

  FindingLog log_;
  Findings run_;
  Across across_;
  Foreign foreign_;
  std::map<call::ConnectionNumber, Attended> attended_;
  // Events of one connection mostly follow one another.
  call::ConnectionNumber last_number_ = 0;
  Attended* last_ = nullptr;
  std::array<CheckCount, kCheckCount> totals_;
  OnTally on_tally_;
};

}  // namespace testigo::check
