// Everything that hears traffic while it passes, from octets to a verdict: for runs of which only the wire is known (`tap`,
// `watch`).
//
//   source ── ConnectionSink ──▶ the model ── events ──▶ checks of a connection ──▶ checks across connections, causes, counts, a
//   line
//                                                                                   a call
//
// Up to the checks of a connection every connection stands alone: workers may do that part (workers.h), each for some of them. What
// they hear meets here, in order.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/limits.h"
#include "call/fan.h"
#include "call/model.h"
#include "check/declared.h"
#include "check/judge.h"
#include "diagnose/diagnosis.h"
#include "report/run_report.h"
#include "run/call_lines.h"
#include "run/frame_lines.h"
#include "run/heard.h"
#include "run/judged_once.h"
#include "run/message_bodies.h"
#include "run/message_lines.h"
#include "run/server_ports.h"
#include "run/shown.h"
#include "run/tls_lines.h"
#include "verdict/call_summary.h"
#include "verdict/traffic.h"

namespace testigo::run {

class Audience {
 public:
  // `shown.schema` has been read, if it is to be. `chosen`, if any, hears of the calls that are shown, `more` hear everything; they
  // must outlive it.
  Audience(verdict::Hearing hearing, const Shown& shown, call::Sink* chosen = nullptr, const std::vector<call::Sink*>& more = {});

  // Whom the source tells; one thread at a time.
  tcp::ConnectionSink& sink() { return model_; }

  // The same for the other side of a hop, after the sink's on_end: it is judged and counted, and its calls are not shown.
  tcp::ConnectionSink& other_side(call::Sink& more);
  // Of the rows that look beyond one connection.
  check::Judge& judge() { return across_; }

  // Hears of every finding.
  void on_finding(std::function<void(const check::Finding&)> listener) { on_finding_ = std::move(listener); }

  // Where the workers' connections meet; whoever tells it tells the sink nothing.
  Meeting meeting() { return {meeting_, across_, lines_}; }

  std::uint64_t calls() const { return progress_.calls(); }  // any thread
  void flush() { lines_.flush(); }                           // any thread: a pipe sees each line soon

  // What never came to the sink.
  struct Unheard {
    std::uint64_t dropped_packets = 0;
    std::string trouble;          // what could not be read, inert
    JudgedOnce judged_once = {};  // by the run, where this is of the capture that it left
  };
  // After the sink's on_end. The caller adds what it alone knows: folder, capture, notes.
  report::RunReport report(const std::string& command, const Clock& clock, const Unheard& unheard) const;
  // What stands between the lines of the calls and the verdict: the diagram that was asked for, for people.
  void tell_rest() const;

 private:
  // Hears what the run itself must know while it goes on: how many calls there were, and which ports the servers have.
  class Progress final : public call::Sink {
   public:
    call::Interest hears() const override {
      return {.frames = false, .blocks = false, .messages = false, .side_ends = false, .calls = true};
    }
    void on_call(const call::CallClosed&) override {
      calls_.store(calls() + 1, std::memory_order_relaxed);
    }  // one thread at a time
    void on_connection_closed(const call::ConnectionClosed& closed) override;

    std::uint64_t calls() const { return calls_.load(std::memory_order_relaxed); }
    const ServerPorts& ports() const { return ports_; }
    bool http2_only = false;  // ports of others are none of the report's

   private:
    std::atomic<std::uint64_t> calls_ = 0;
    ServerPorts ports_;
  };

  std::vector<call::Sink*> sinks(const Shown& shown, const std::vector<call::Sink*>& more);
  std::vector<call::Sink*> meeting_sinks(const Shown& shown, const std::vector<call::Sink*>& more);
  std::vector<call::Sink*> shown_calls(const Shown& shown, call::Sink* chosen);
  std::vector<diagnose::Cause> causes() const;
  std::string undeclared() const;

  bool json_;
  capture::SecretNames secrets_;
  std::shared_ptr<const schema::Schema> schema_;  // null: there is none
  std::optional<check::Declared> declared_;
  check::Judge judge_;
  check::Judge across_;
  diagnose::Diagnosis diagnosis_;
  verdict::TrafficWitness traffic_;
  Progress progress_;
  CallLines lines_;
  TlsLines tls_lines_;
  std::optional<MessageBodies> bodies_;
  FrameLines frames_;
  std::optional<MessageLines> messages_;
  std::optional<Follow> follow_;
  verdict::CallSummaryWitness summary_;
  CallFilter filter_;
  call::Fan meeting_;
  call::Fan fan_;
  Limits limits_;
  call::Model model_;
  std::optional<call::Fan> other_fan_;
  std::optional<call::Model> other_model_;
  std::function<void(const check::Finding&)> on_finding_;
};

}  // namespace testigo::run
