#include "run/tap_run.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <thread>
#include <utility>

#include "base/environment_error.h"
#include "capture/capture_writer.h"
#include "capture/tap.h"
#include "run/audience.h"
#include "run/capture_notes.h"
#include "run/evidence_folder.h"
#include "run/judged_once.h"
#include "run/kept_memory.h"
#include "run/masked.h"
#include "run/run_lock.h"
#include "run/run_record.h"
#include "run/showing.h"
#include "run/shutdown.h"
#include "run/tell_verdict.h"
#include "run/terminal.h"

namespace testigo::run {
namespace {

using namespace std::chrono_literals;

// Data flows one way: capture → the audience.
struct Listeners {
  Listeners(const EvidenceFolder& folder, const TapRunOptions& options)
      : audience(verdict::Hearing::Tap, options.shown),
        capture(folder.capture(), audience.sink(),
                {.payloads = options.payloads, .secrets = options.shown.secrets, .rotation = {}}) {}

  Audience audience;
  capture::CaptureWriter capture;
};

bool limit_reached(const TapRunOptions& options, const Listeners& heard, Duration elapsed) {
  if (shutdown_requests() != 0) return true;
  if (options.time_limit && elapsed >= *options.time_limit) return true;
  return options.calls_limit && heard.audience.calls() >= *options.calls_limit;
}

RunRecord record_of(bool finished) {
  RunRecord record;
  record.command = "tap";
  record.wire = "tap";
  record.finished = finished;
  return record;
}

// For whoever looks at the folder meanwhile; a disk that is full says so at the end.
void note_so_far(const EvidenceFolder& folder) {
  try {
    write_run_record(folder.record(), record_of(false));
  } catch (const EnvironmentError&) {
  }
}

// Kept with the evidence too, for whoever judges it again; where the disk would not take them, that is one note more.
std::vector<std::string> noted(const EvidenceFolder& folder, const Listeners& heard, const capture::Tap::Counts& counts,
                               JudgedOnce judged) {
  RunRecord record = record_of(true);
  record.judged_once = std::move(judged);
  record.notes = tap_notes(counts, heard.capture.undecoded_packets());
  if (heard.capture.error()) record.notes.push_back(*heard.capture.error());
  try {
    write_run_record(folder.record(), record);
  } catch (const EnvironmentError& error) {
    record.notes.emplace_back(error.what());
  }
  return record.notes;
}

report::RunReport make_report(const EvidenceFolder& folder, const Listeners& heard, const capture::Tap::Counts& counts,
                              const Clock& clock) {
  report::RunReport report = heard.audience.report("tap", clock, {});
  report.evidence = folder.path();
  report.capture = folder.capture();
  report.wire = "tap";
  report.masked = masked_of(heard.capture.masked());
  std::ranges::move(noted(folder, heard, counts, judged_once(report.checks)), std::back_inserter(report.verdict.notes));
  return report;
}

int run_into(const EvidenceFolder& folder, const TapRunOptions& options, const Clock& clock) {
  note_so_far(folder);
  Listeners heard(folder, options);
  capture::Tap tap({options.listen, options.to}, heard.capture, clock);
  const std::string endpoint = tcp::to_text(tap.endpoint());
  fmt::print(stderr, "listening on {}, carrying to {}; evidence in {}; end with Ctrl-C\n", endpoint, options.to,
             folder.path().string());
  LiveLedger ledger(folder, clock, [](const std::string& line) { put(stderr, line + "\n"); });
  const std::unique_ptr<Showing> showing = show_if_asked(options.page, folder, clock, &ledger);
  tap.start();
  const Duration begun = clock.monotonic();
  while (!limit_reached(options, heard, clock.monotonic() - begun)) {
    std::this_thread::sleep_for(20ms);
    heard.audience.flush();  // a pipe sees each line soon
  }
  tap.stop();

  const report::RunReport report = make_report(folder, heard, tap.counts(), clock);
  heard.audience.tell_rest();
  const int code = tell_verdict(report, options.shown.json);
  stay(showing.get(), report);
  if (heard.capture.error()) throw EnvironmentError(*heard.capture.error());
  return code;
}

}  // namespace

int run_tap(const TapRunOptions& options) {
  const SystemClock clock;
  take_signals();
  keep_freed_memory();
  const EvidenceFolder folder = EvidenceFolder::create(options.out, "tap", clock.now());
  const RunLock lock(folder);
  try {
    return run_into(folder, options, clock);
  } catch (...) {
    folder.discard_if_empty();
    throw;
  }
}

}  // namespace testigo::run
