// How strict evidence is judged: as the user says; else as the judge that repeats in its folder (judge.json); else as the run that
// collected it (run.json). docs/formats/run.md
#pragma once

#include <filesystem>

#include "run/evidence_folder.h"
#include "run/run_record.h"
#include "verdict/judge.h"

namespace testigo::run {

// `chosen`, and from the evidence what the user did not choose. Throws EnvironmentError for a record of another major version.
verdict::JudgeOptions strictness_of(const EvidenceFolder& folder, verdict::JudgeOptions chosen);

// What the record in this file says of a server that others called, unless the user says it, or a record before.
void heed_shared_server(const RunRecord& record, const std::filesystem::path& file, verdict::JudgeOptions& options);

// By a judge that repeats: whoever judges the folder later is as strict. Where nothing was chosen, what an earlier one left is
// taken away. What cannot be written is told on stderr.
void keep_strictness(const EvidenceFolder& folder, const verdict::JudgeOptions& chosen);

}  // namespace testigo::run
