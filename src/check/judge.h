// Runs all checks over all connections of a run.
#pragma once

#include <array>
#include <functional>
#include <map>
#include <memory>
#include <vector>

#include "base/limits.h"
#include "base/recent.h"
#include "call/event.h"
#include "check/all_checks.h"
#include "check/attended.h"
#include "check/findings.h"

namespace testigo::check {

// What becomes of connections whose client does not speak HTTP/2: a finding (somebody was to speak it), or nobody's business here,
// unless it plainly meant to. Under TLS that is what it offers, see tls_offer.h.
enum class Foreign : std::uint8_t { Judged, PassedOver };

class Judge final : public call::Sink, public AttemptSink {
 public:
  // `declared`, which may be null, must outlive it.
  explicit Judge(const Limits& limits = {}, Foreign foreign = Foreign::Judged, Declared* declared = nullptr, Rows rows = Rows::All)
      : rows_(rows), log_(limits), run_(log_), across_(limits), foreign_(foreign), declared_(declared) {}

  call::Interest hears() const override {
    const bool of_connections = rows_ != Rows::Across;
    return {.frames = of_connections, .blocks = of_connections, .messages = of_connections, .side_ends = of_connections};
  }
  // Who attends to the connection.
  call::Sink& hearer(call::Heard heard, const call::ConnectionView& connection) override;
  void on_connection(const call::ConnectionView& connection) override;
  void on_opening(const call::ConnectionView& connection, const call::Spot& spot, http2::Opening opening) override;
  void on_tls(const call::TlsSeen& seen) override;
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
  // Of a connection.
  struct Counted {
    std::array<CheckCount, kCheckCount> counts{};  // by the number of the row, in the order of Id
    bool of_grpc = false;                          // it carried a gRPC call and was seen from its start
  };
  // Called for every connection that has closed and is not passed over.
  using OnCounted = std::function<void(const Counted&)>;
  void on_counted(OnCounted listener) { on_counted_ = std::move(listener); }

  // Of another judge, of other rows: what it found and counted belongs to the same run.
  void take(const Finding& finding) { log_.add(finding); }
  void take(const Counted& counted);
  // Of rows of connections alone: who judges attempts that are seen there. It must outlive this.
  void tell_attempts(AttemptSink& sink) { attempts_ = &sink; }
  bool wants_attempts() const override { return rows_ != Rows::OfConnections && !across_.failed_calls.idle(); }
  void on_attempt(call::ConnectionNumber connection, const Attempt& attempt) override;
  // Whether connections that open now are those of the other side of a hop; all before have closed.
  void hear_other_side(bool other) { log_.hear_other_side(other); }
  // For rows that look beyond one connection.
  Findings& of_run() { return run_; }

  // Of the connections that have closed, and of the run.
  Tally tally() const;

 private:
  // Null when there is none.
  Attended* of(call::ConnectionNumber connection) {
    Attended* const recent = recent_.find(connection);
    return recent != nullptr ? recent : look_up(connection);
  }
  Attended* look_up(call::ConnectionNumber connection);
  template <typename Event>
  void pass_on(const Event& event, void (Attended::*to)(const Event&)) {
    if (Attended* const attended = of(event.connection.number); attended != nullptr) (attended->*to)(event);
  }
  void add(const call::ConnectionView& connection, const Attended& attended);

  bool passes_over(const call::ConnectionView& connection) const;
  bool judges(Id id) const { return rows_ == Rows::All || is_across(id) == (rows_ == Rows::Across); }
  void lay_aside_upgraded(const call::ConnectionView& connection, Findings& findings) const;
  void lay_aside(const call::ConnectionView& connection, Findings& findings) const;

  void tell_undeclared(Tally& tally) const;

  Rows rows_;
  FindingLog log_;
  Findings run_;
  Across across_;
  AttemptSink* attempts_ = this;
  Foreign foreign_;
  Declared* declared_;
  std::uint64_t connections_with_calls_ = 0;
  std::map<call::ConnectionNumber, Attended> attended_;
  Recent<Attended> recent_;
  std::array<CheckCount, kCheckCount> totals_;
  std::array<std::string_view, kCheckCount> doubts_;  // why, empty: none
  OnTally on_tally_;
  OnCounted on_counted_;
};

}  // namespace testigo::check
