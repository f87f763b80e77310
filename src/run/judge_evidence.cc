#include "run/judge_evidence.h"

#include <algorithm>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "base/environment_error.h"
#include "call/fan.h"
#include "call/model.h"
#include "capture/capture_file.h"
#include "check/judge.h"
#include "diagnose/diagnosis.h"
#include "run/server_ports.h"
#include "run/version.h"
#include "statement/statement_reader.h"
#include "verdict/wire_testimony.h"

namespace testigo::run {
namespace {

// In the order of their names; rotated predecessors (NAME.1, …) are read with NAME.
std::vector<std::filesystem::path> statement_files(const EvidenceFolder& folder) {
  std::vector<std::filesystem::path> files;
  std::error_code error;
  for (std::filesystem::directory_iterator entry(folder.statements(), error), end; !error && entry != end; entry.increment(error)) {
    if (entry->path().extension() == ".jsonl") files.push_back(entry->path());
  }
  if (error && error != std::errc::no_such_file_or_directory) {
    throw EnvironmentError(fmt::format("cannot read the statements in {}: {}; it must be a folder that you may read",
                                       folder.statements().string(), error.message()));
  }
  std::ranges::sort(files);
  return files;
}

void read_all_statements(const EvidenceFolder& folder, verdict::Evidence& evidence, std::vector<std::string>& notes) {
  for (const std::filesystem::path& file : statement_files(folder)) {
    statement::Reading reading = statement::read_statements(file);
    if (reading.damaged_lines != 0) {
      notes.push_back(fmt::format("{}: {} lines could not be read, the first is line {} ({})", file.filename().string(),
                                  reading.damaged_lines, reading.damages.front().place.line, reading.damages.front().what));
    }
    if (reading.testimonies.empty()) {
      notes.push_back(fmt::format("{} holds no start record: nobody testifies in it", file.filename().string()));
      continue;
    }
    const bool server = reading.testimonies.front().start.witness == statement::Witness::Server;
    (server ? evidence.servers : evidence.clients).push_back(std::move(reading));
  }
}

// The capture, through the same model as live traffic.
void read_wire(const EvidenceFolder& folder, verdict::Evidence& evidence, std::vector<std::string>& notes) {
  std::error_code error;
  if (!std::filesystem::exists(folder.capture(), error) && !error) return;  // one that cannot be looked at fails when it is read
  check::Judge checks;
  checks.on_tally([&](call::ConnectionNumber connection, check::ConnectionTally tally) {
    evidence.connection_checks.insert_or_assign(connection, std::move(tally));
  });
  diagnose::Diagnosis diagnosis;
  verdict::WireWitness witness;
  call::Fan fan({&checks, &diagnosis, &witness});
  call::Model model(fan);
  const capture::CaptureSummary summary = capture::read_capture(folder.capture(), model);
  evidence.wire = witness.take();
  evidence.wire->cut = summary.cut;
  evidence.wire->last = summary.last;
  evidence.wire->trouble = summary.trouble;
  evidence.checks = checks.tally();
  evidence.causes = diagnosis.causes();
  if (!summary.trouble.empty()) notes.push_back(fmt::format("wire.pcapng: {}", summary.trouble));
}

std::vector<report::ServerPort> server_ports(const verdict::Evidence& evidence) {
  ServerPorts ports;
  if (evidence.wire) {
    for (const verdict::WireConnection& connection : evidence.wire->connections) ports.add(connection.view);
  }
  return ports.list();
}

// What the collecting run knew, as far as it bears on the verdict.
std::vector<std::string> heed(const RunRecord& record, verdict::JudgeOptions& options) {
  options.clients_started = record.clients_started;
  options.others_out_of_scope |= record.shared_server;
  std::vector<std::string> notes = record.notes;
  if (!record.finished) notes.emplace_back("the run that collected this evidence did not come to its end");
  return notes;
}

}  // namespace

report::RunReport judge_evidence(const EvidenceFolder& folder, verdict::JudgeOptions options, const Clock& clock,
                                 const std::optional<RunRecord>& unwritten) {
  std::vector<std::string> notes;
  if (const auto record = unwritten ? unwritten : read_run_record(folder.record())) notes = heed(*record, options);
  verdict::Evidence evidence;
  read_all_statements(folder, evidence, notes);
  read_wire(folder, evidence, notes);
  report::RunReport report;
  report.command = "verify";
  report.version = kVersion;
  report.judged = clock.now();
  report.evidence = folder.path();
  if (evidence.wire) report.capture = folder.capture();
  report.ports = server_ports(evidence);
  report.checks = evidence.checks;
  report.verdict = verdict::judge(evidence, options);
  report.verdict.notes.insert(report.verdict.notes.end(), notes.begin(), notes.end());
  return report;
}

}  // namespace testigo::run
