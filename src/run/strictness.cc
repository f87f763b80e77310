#include "run/strictness.h"

#include <unistd.h>

#include <cerrno>
#include <cstring>

#include <fmt/format.h>

#include "base/environment_error.h"
#include "run/run_record.h"
#include "run/terminal.h"

namespace testigo::run {
namespace {

void heed(const std::optional<RunRecord>& record, verdict::JudgeOptions& options) {
  if (!record) return;
  if (!options.tolerance) options.tolerance = record->tolerance;
  if (!options.since) options.since = record->since;
}

}  // namespace

verdict::JudgeOptions strictness_of(const EvidenceFolder& folder, verdict::JudgeOptions chosen) {
  const std::optional<RunRecord> standing = read_run_record(folder.judge_record());
  if (standing) {
    for (const std::string& note : standing->notes) put(stderr, note + "\n");
    chosen.others_out_of_scope |= standing->shared_server;  // that of the run is heeded by judge_evidence
  }
  heed(standing, chosen);
  heed(read_run_record(folder.record()), chosen);
  return chosen;
}

void keep_strictness(const EvidenceFolder& folder, const verdict::JudgeOptions& chosen) {
  if (!chosen.tolerance && !chosen.since && !chosen.others_out_of_scope) {
    if (::unlink(folder.judge_record().c_str()) != 0 && errno != ENOENT)
      put(stderr, fmt::format("cannot take judge.json away: {}\n", std::strerror(errno)));
    return;
  }
  RunRecord record;
  record.command = "verify";
  record.finished = true;
  record.shared_server = chosen.others_out_of_scope;
  record.tolerance = chosen.tolerance;
  record.since = chosen.since;
  try {
    if (read_run_record(folder.judge_record()) != record) write_run_record(folder.judge_record(), record);
  } catch (const EnvironmentError& error) {
    put(stderr, fmt::format("how strict this judge is could not be kept: {}\n", error.what()));
  }
}

}  // namespace testigo::run
