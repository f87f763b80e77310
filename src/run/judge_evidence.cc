#include "run/judge_evidence.h"

#include <algorithm>
#include <iterator>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "base/environment_error.h"
#include "base/inert.h"
#include "base/rotated_files.h"
#include "call/fan.h"
#include "call/model.h"
#include "capture/capture_file.h"
#include "capture/rotation.h"
#include "check/judge.h"
#include "diagnose/diagnosis.h"
#include "run/capture_notes.h"
#include "run/descriptor_limit.h"
#include "run/run_lock.h"
#include "run/server_ports.h"
#include "run/strictness.h"
#include "run/version.h"
#include "run/wire_place.h"
#include "statement/statement_reader.h"
#include "verdict/reported_status.h"
#include "verdict/wire_testimony.h"

namespace testigo::run {
namespace {

constexpr std::size_t kOtherDescriptors = 32;  // that judging needs beside those of statements

// After the capture, and the servers' before the clients': what a client says of a call, the others have seen and said before. So
// nothing that is still being written looks as if it had been denied.
std::vector<std::filesystem::path> statements_in_order(const EvidenceFolder& folder) {
  std::vector<std::filesystem::path> paths = folder.statement_files();
  std::ranges::stable_partition(paths, [](const std::filesystem::path& path) {
    return statement::StatementFile(path).witness() == statement::Witness::Server;
  });
  return paths;
}

bool may_be_open_at_once(const std::vector<std::filesystem::path>& paths) {
  std::size_t files = kOtherDescriptors;
  for (const std::filesystem::path& path : paths) files += static_cast<std::size_t>(oldest_age(path)) + 1;
  return files <= descriptors_left();
}

void read_statements(const statement::StatementFile& file, verdict::Evidence& evidence, std::vector<std::string>& notes,
                     const Hearers& hearers) {
  statement::Reading reading = file.read();
  if (hearers.statements) hearers.statements(reading);
  const std::string name = inert(std::filesystem::path(reading.files.back()).filename().string());
  if (reading.damaged_lines != 0) {
    notes.push_back(fmt::format("{}: {} lines could not be read, the first is line {} ({})", name, reading.damaged_lines,
                                reading.damages.front().place.line, reading.damages.front().what));
  }
  if (reading.testimonies.empty()) {
    notes.push_back(fmt::format("{} holds no start record: nobody testifies in it", name));
    return;
  }
  const bool server = reading.testimonies.front().start.witness == statement::Witness::Server;
  (server ? evidence.servers : evidence.clients).push_back(std::move(reading));
}

// As they are at one moment, for they may still be written; where there are too many for that, one is opened behind the other.
void read_all_statements(const EvidenceFolder& folder, verdict::Evidence& evidence, std::vector<std::string>& notes,
                         const Hearers& hearers) {
  const std::vector<std::filesystem::path> paths = statements_in_order(folder);
  std::vector<statement::StatementFile> files;
  if (may_be_open_at_once(paths)) {
    files.reserve(paths.size());
    for (const std::filesystem::path& path : paths) files.emplace_back(path);
    for (const statement::StatementFile& file : files) read_statements(file, evidence, notes, hearers);
    return;
  }
  for (const std::filesystem::path& path : paths) read_statements(statement::StatementFile(path), evidence, notes, hearers);
  notes.push_back(fmt::format(
      "the files of {} witnesses may not be open at once (`ulimit -n`): they were read one behind the other, which tells "
      "the same once nobody writes them any more",
      paths.size()));
}

std::optional<capture::CaptureFiles> open_capture(const EvidenceFolder& folder) {
  const std::vector<std::filesystem::path> files = capture::capture_files(folder.capture());
  std::error_code error;
  if (!std::filesystem::exists(files.front(), error) && !error) return std::nullopt;  // else reading it says what is wrong
  return capture::CaptureFiles(files);
}

// The capture, through the same model as live traffic. Returns how the wire was witnessed.
std::string read_wire(const capture::CaptureFiles& files, verdict::Evidence& evidence, std::vector<std::string>& notes,
                      const Hearers& hearers) {
  check::Judge checks;
  if (hearers.findings) checks.on_finding(hearers.findings);
  checks.on_tally([&](call::ConnectionNumber connection, check::ConnectionTally tally) {
    evidence.connection_checks.insert_or_assign(connection, std::move(tally));
  });
  diagnose::Diagnosis diagnosis;
  verdict::WireWitness witness;
  if (hearers.calls) witness.on_witnessed(hearers.calls);
  std::vector<call::Sink*> sinks = {&checks, &diagnosis, &witness};
  if (hearers.events != nullptr) sinks.push_back(hearers.events);
  call::Fan fan(sinks);
  call::Model model(fan);
  const capture::CaptureSummary summary = files.read(model, {}, hearers.progress);
  evidence.wire = witness.take();
  evidence.wire->cut = summary.cut;
  evidence.wire->last = summary.last;
  for (const capture::UnseenTime& unseen : summary.unseen) evidence.wire->unheard.push_back({unseen.from, unseen.to});
  std::ranges::move(carrier_notes(summary), std::back_inserter(notes));
  std::ranges::move(held_notes(summary.over_held), std::back_inserter(notes));
  std::ranges::move(unseen_notes(summary), std::back_inserter(notes));
  evidence.wire->trouble = trouble_of(summary);  // what was not read may be what is missed
  evidence.checks = checks.tally();
  evidence.causes = diagnosis.causes();
  if (!evidence.wire->trouble.empty()) {
    const bool named = evidence.wire->trouble.starts_with("wire.pcapng");  // of several files the one is told
    notes.push_back((named ? "" : "wire.pcapng: ") + evidence.wire->trouble);
  }
  return witnessed(summary);
}

std::vector<report::DissectedPort> server_ports(const verdict::Evidence& evidence) {
  ServerPorts ports;
  if (evidence.wire) {
    for (const verdict::WireConnection& connection : evidence.wire->connections) ports.add(connection.view);
  }
  return ports.list();
}

// What the collecting run knew, as far as it bears on the verdict.
std::vector<std::string> heed(const RunRecord& record, const EvidenceFolder& folder, verdict::JudgeOptions& options) {
  options.clients_started = record.clients_started;
  options.run_ended = record.finished;
  heed_shared_server(record, folder.record(), options);
  std::vector<std::string> notes = record.notes;
  if (std::string note = note_of_no_end(folder, record); !note.empty()) notes.push_back(std::move(note));
  return notes;
}

// EX01 of the reference service, whose messages nobody need declare: what claims 3 and 5 say.
void tell_answers(check::Tally& checks, const verdict::Verdict& verdict) {
  check::CheckCount count;
  for (const verdict::Claim& claim : verdict.claims) {
    if (claim.number != 3 && claim.number != 5) continue;
    switch (claim.outcome) {
      case verdict::Outcome::Proven:
        ++count.passed;
        break;
      case verdict::Outcome::Broken:
        count.failed += std::max<std::uint64_t>(claim.exhibits_total, 1);
        break;
      case verdict::Outcome::Inconclusive:
        ++count.not_judgeable;
        count.reason = "claim 3 or 5 is inconclusive";
        break;
    }
  }
  checks.counts.insert_or_assign(check::info(check::Id::EX01).id, count);
}

}  // namespace

report::RunReport judge_evidence(const EvidenceFolder& folder, verdict::JudgeOptions options, const Clock& clock,
                                 const std::optional<RunRecord>& unwritten, const Hearers& hearers) {
  std::vector<std::string> notes;
  const auto record = unwritten ? unwritten : read_run_record(folder.record());
  if (record) notes = heed(*record, folder, options);
  verdict::Evidence evidence;
  const std::optional<capture::CaptureFiles> capture = open_capture(folder);
  read_all_statements(folder, evidence, notes, hearers);
  const std::string wire = capture ? read_wire(*capture, evidence, notes, hearers) : std::string();
  if (evidence.wire) evidence.wire->apart = wire == "listened" && !(record && record->command == "verify" && record->finished);
  if (record) {
    std::string taken_over = take_over_passes(record->judged_once, evidence.checks, &evidence.connection_checks);
    if (!taken_over.empty()) notes.push_back(std::move(taken_over));
  }
  report::RunReport report;
  report.command = "verify";
  report.version = kVersion;
  report.judged = clock.now();
  report.evidence = folder.path();
  if (evidence.wire) {
    report.capture = folder.capture();
    evidence.wire->dropped = record ? record->packets_dropped : 0;
    report.wire = record && !record->wire.empty() ? record->wire : wire;
  }
  report.ports = server_ports(evidence);
  report.checks = evidence.checks;
  report.verdict = verdict::judge(evidence, options, hearers.differences, hearers.out_of_scope);
  if (evidence.wire) tell_answers(report.checks, report.verdict);
  verdict::judge_reported(evidence, report.checks, hearers.findings);
  report.verdict.notes.insert(report.verdict.notes.end(), notes.begin(), notes.end());
  return report;
}

}  // namespace testigo::run
