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
#include "call/roster.h"
#include "check/alike_blocks.h"
#include "check/all_checks.h"
#include "check/findings.h"
#include "check/upgraded.h"

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
  // By the number of the row, in the order of Id.
  using Counted = std::array<CheckCount, kCheckCount>;
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
  // A connection and its checks. It stays where it is: they point at `findings`, and the roster at them.
  struct Attended {
    Attended(Rows rows, FindingLog& log, Across& across, Declared* declared);
    // The short way, where there is one.
    template <typename Event>
    bool takes(const Event& event) {
      return checks.plain_calls && checks.plain_calls->take(event);
    }

    Findings findings;
    CallsSoFar calls;
    AllChecks checks;
    AlikeBlocks blocks;
    call::Roster roster;
    std::array<std::vector<Check*>, FrameTypes::kCount> frames;  // by type
    std::array<std::vector<Check*>, SideEnds::kCount> side_ends;
  };
  // Null when there is none.
  Attended* of(call::ConnectionNumber connection) {
    Attended* const recent = recent_.find(connection);
    return recent != nullptr ? recent : look_up(connection);
  }
  Attended* look_up(call::ConnectionNumber connection);
  void add(call::ConnectionNumber connection, const Findings& findings);

  // What answers a request of HTTP/1.1, or is said to a server that speaks something else, is told, and not judged.
  static bool is_http2(const call::ConnectionView& connection, const call::Place& place) {
    const http2::Opening server = connection.server_opening;
    return (server == http2::Opening::Http2 || server == http2::Opening::NeedMore) && !is_upgraded_stream(connection, place);
  }
  // Nor is what stands behind a gap: null too.
  Attended* judged(const call::ConnectionView& connection, const call::Spot& spot) {
    return connection.whole(spot.direction) && is_http2(connection, spot.place) ? of(connection.number) : nullptr;
  }
  // The short way: the usual case of both, found out in few steps. Null does not mean that it is not judged.
  [[gnu::always_inline]] Attended* surely_judged(const call::ConnectionView& connection, const call::Place& place) const {
    const bool usual = connection.whole() && connection.server_opening == http2::Opening::Http2 &&
                       (place.stream != 1 || began_with_preface(connection));
    return usual ? recent_.find(connection.number) : nullptr;
  }
  // True: it was not at hand, and is now. Then the short way is tried once more.
  bool fetch(const call::ConnectionView& connection) {
    return recent_.find(connection.number) == nullptr && look_up(connection.number) != nullptr;
  }
  // The long way.
  [[gnu::noinline]] void hear(const call::FrameSeen& seen);
  [[gnu::noinline]] void hear(const call::BlockSeen& seen);
  [[gnu::noinline]] void hear(const call::MessageSeen& seen);
  [[gnu::noinline]] void hear(const call::SideEnded& ended);
  [[gnu::noinline]] void hear(const call::CallClosed& closed);
  [[gnu::noinline]] void tell_attempt(const call::BlockSeen& seen);
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
  Counted totals_;
  OnTally on_tally_;
  OnCounted on_counted_;
};

}  // namespace testigo::check
