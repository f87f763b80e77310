#include "run/tap_run.h"

#include <atomic>
#include <cstdio>
#include <thread>

#include <fmt/format.h>

#include "base/environment_error.h"
#include "call/fan.h"
#include "call/model.h"
#include "capture/capture_writer.h"
#include "capture/tap.h"
#include "check/judge.h"
#include "diagnose/diagnosis.h"
#include "report/verdict_json.h"
#include "report/verdict_text.h"
#include "run/call_lines.h"
#include "run/descriptor_limit.h"
#include "run/evidence_folder.h"
#include "run/run_record.h"
#include "run/server_ports.h"
#include "run/shutdown.h"
#include "run/terminal.h"
#include "run/version.h"
#include "verdict/traffic.h"

namespace testigo::run {
namespace {

using namespace std::chrono_literals;

// Hears what the run itself must know while it goes on: how many calls there were, and which ports the servers have.
class Progress final : public call::Sink {
 public:
  void on_call(const call::CallClosed&) override { ++calls_; }
  void on_connection_closed(const call::ConnectionClosed& closed) override { ports_.add(closed.connection); }

  std::uint64_t calls() const { return calls_; }       // any thread
  const ServerPorts& ports() const { return ports_; }  // after the tap has stopped

 private:
  std::atomic<std::uint64_t> calls_ = 0;
  ServerPorts ports_;
};

// Everything that hears the tap, from octets to a verdict. Data flows one way: capture → model → fan.
struct Listeners {
  Listeners(const EvidenceFolder& folder, const TapRunOptions& options)
      : lines(stdout, options.json, paint_for(stdout)), fan(sinks(options)), model(fan), capture(folder.capture(), model) {
    if (!options.quiet) judge.on_finding([this](const check::Finding& finding) { lines.on_finding(finding); });
  }

  std::vector<call::Sink*> sinks(const TapRunOptions& options) {
    std::vector<call::Sink*> all = {&judge, &diagnosis, &traffic, &progress};
    if (!options.quiet) all.push_back(&lines);
    return all;
  }

  check::Judge judge;
  diagnose::Diagnosis diagnosis;
  verdict::TrafficWitness traffic;
  Progress progress;
  CallLines lines;
  call::Fan fan;
  call::Model model;
  capture::CaptureWriter capture;
};

bool limit_reached(const TapRunOptions& options, const Listeners& heard, Duration elapsed) {
  if (shutdown_requests() != 0) return true;
  if (options.time_limit && elapsed >= *options.time_limit) return true;
  return options.calls_limit && heard.progress.calls() >= *options.calls_limit;
}

// Kept with the evidence too, for whoever judges it again; where the disk would not take them, that is one note more.
std::vector<std::string> noted(const EvidenceFolder& folder, const Listeners& heard, std::uint64_t slowed) {
  RunRecord record;
  record.command = "tap";
  record.finished = true;
  if (slowed != 0) {
    record.notes.push_back(fmt::format("the tap waited {} time{} for the judge: traffic was slowed down, nothing was lost", slowed,
                                       slowed == 1 ? "" : "s"));
  }
  if (heard.capture.error()) record.notes.push_back(*heard.capture.error());
  try {
    write_run_record(folder.record(), record);
  } catch (const EnvironmentError& error) {
    record.notes.emplace_back(error.what());
  }
  return record.notes;
}

report::RunReport make_report(const EvidenceFolder& folder, const Listeners& heard, std::vector<std::string> notes,
                              const Clock& clock) {
  report::RunReport report;
  report.command = "tap";
  report.version = kVersion;
  report.judged = clock.now();
  report.evidence = folder.path();
  report.capture = folder.capture();
  report.ports = heard.progress.ports().list();
  report.checks = heard.judge.tally();
  report.verdict = verdict::judge_traffic(heard.traffic.traffic(), report.checks, heard.diagnosis.causes());
  report.verdict.notes = std::move(notes);
  return report;
}

int run_into(const EvidenceFolder& folder, const TapRunOptions& options, const Clock& clock) {
  Listeners heard(folder, options);
  capture::Tap tap({options.listen, options.to}, heard.capture, clock);
  const std::string endpoint = tcp::to_text(tap.endpoint());
  fmt::print(stderr, "listening on {}, carrying to {}; evidence in {}; end with Ctrl-C\n", endpoint, options.to,
             folder.path().string());
  tap.start();
  const Duration begun = clock.monotonic();
  while (!limit_reached(options, heard, clock.monotonic() - begun)) {
    std::this_thread::sleep_for(20ms);
    heard.lines.flush();  // a pipe sees each line soon
  }
  tap.stop();

  const report::RunReport report = make_report(folder, heard, noted(folder, heard, tap.counts().slowed), clock);
  if (options.json) {
    put(stdout, report::verdict_json(report).dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n");
  } else {
    put(stdout, "\n" + report::verdict_text(report, {paint_for(stdout), 3}));
  }
  std::fflush(stdout);
  report::write_reports(report);  // after it was told: a full disk takes no verdict away
  if (heard.capture.error()) throw EnvironmentError(*heard.capture.error());
  return report::exit_code(report.verdict.outcome);
}

}  // namespace

int run_tap(const TapRunOptions& options) {
  const SystemClock clock;
  take_signals();
  raise_descriptor_limit();
  const EvidenceFolder folder = EvidenceFolder::create(options.out, "tap", clock.now());
  try {
    return run_into(folder, options, clock);
  } catch (...) {
    folder.discard_if_empty();
    throw;
  }
}

}  // namespace testigo::run
