#include "run/strictness.h"

#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <optional>

#include <fmt/format.h>

#include "base/environment_error.h"
#include "run/terminal.h"

namespace testigo::run {
namespace {

void heed(const std::optional<RunRecord>& record, const std::filesystem::path& file, verdict::JudgeOptions& options) {
  if (!record) return;
  if (!options.tolerance) options.tolerance = record->tolerance;
  if (options.since || !record->since) return;
  options.since = record->since;
  options.since_of = file.filename().string();
}

}  // namespace

void heed_shared_server(const RunRecord& record, const std::filesystem::path& file, verdict::JudgeOptions& options) {
  if (options.others_out_of_scope || !record.shared_server) return;
  options.others_out_of_scope = true;
  options.others_of = file.filename().string();
}

verdict::JudgeOptions strictness_of(const EvidenceFolder& folder, verdict::JudgeOptions chosen) {
  const std::optional<RunRecord> standing =
      read_run_record(folder.judge_record(), "how strict the judge that repeats was is not known");
  if (standing) {
    for (const std::string& note : standing->notes) put(stderr, note + "\n");
    heed_shared_server(*standing, folder.judge_record(), chosen);  // that of the run is heeded by judge_evidence
  }
  heed(standing, folder.judge_record(), chosen);
  heed(read_run_record(folder.record()), folder.record(), chosen);
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
