#include "run/judge_again.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "capture/capture_file.h"
#include "capture/rotation.h"
#include "run/audience.h"
#include "run/capture_notes.h"
#include "run/run_lock.h"
#include "run/run_record.h"
#include "verdict/traffic.h"

namespace testigo::run {
namespace {

report::RunReport judge_traffic(const EvidenceFolder& folder, const RunRecord& record, const Clock& clock, const Hearers& hearers) {
  Shown shown;
  shown.quiet = true;
  verdict::WireWitness witness(verdict::WireWitness::Calls::Told);
  std::vector<call::Sink*> more;
  if (hearers.calls) {
    witness.on_witnessed(hearers.calls);
    more.push_back(&witness);
  }
  if (hearers.events != nullptr) more.push_back(hearers.events);
  const auto hearing = record.command == "tap" ? verdict::Hearing::Tap : verdict::Hearing::Interface;
  Audience audience(hearing, shown, nullptr, more);
  audience.on_finding(hearers.findings);
  const capture::CaptureSummary summary =
      capture::CaptureFiles(capture::capture_files(folder.capture())).read(audience.sink(), {}, hearers.progress);
  report::RunReport report =
      audience.report(record.command, clock, {record.packets_dropped, trouble_of(summary), record.judged_once});
  report.evidence = folder.path();
  report.capture = folder.capture();
  report.wire = record.wire.empty() && hearing == verdict::Hearing::Tap ? "tap" : record.wire;
  std::vector<std::string>& notes = report.verdict.notes;
  notes.insert(notes.end(), record.notes.begin(), record.notes.end());
  for (std::string& note : notes_on(summary)) {
    if (std::ranges::find(record.notes, note) == record.notes.end()) notes.push_back(std::move(note));
  }
  if (std::string note = note_of_no_end(folder, record); !note.empty()) notes.push_back(std::move(note));
  return report;
}

}  // namespace

report::RunReport judge_again(const EvidenceFolder& folder, const verdict::JudgeOptions& options, const Clock& clock,
                              const Hearers& hearers) {
  const std::optional<RunRecord> record = read_run_record(folder.record());
  const bool of_traffic = record && (record->command == "tap" || record->command == "watch") && folder.statement_files().empty();
  return of_traffic ? judge_traffic(folder, *record, clock, hearers) : judge_evidence(folder, options, clock, {}, hearers);
}

}  // namespace testigo::run
