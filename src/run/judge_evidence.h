// Judges what an evidence folder holds, whoever collected it: every verdict of `verify` is made here, from the files alone.
#pragma once

#include <functional>
#include <optional>

#include "base/clock.h"
#include "call/event.h"
#include "capture/capture_file.h"
#include "check/tally.h"
#include "report/run_report.h"
#include "run/evidence_folder.h"
#include "run/run_record.h"
#include "statement/statement_reader.h"
#include "verdict/judge.h"
#include "verdict/wire_testimony.h"

namespace testigo::run {

// Who else hears what the evidence holds, while it is judged: statements first, then the wire, then what the witnesses differ in.
// All of it, whatever limits the verdict has. Any of them may be empty; what one throws, `judge_evidence` throws.
struct Hearers {
  std::function<void(const statement::Reading&)> statements;  // of each file, servers' first
  call::Sink* events = nullptr;                               // of the capture
  verdict::WireWitness::OnCall calls;
  std::function<void(const check::Finding&)> findings;
  verdict::OnDifference differences;
  verdict::OnOutOfScope out_of_scope;
  capture::CaptureFiles::Progress progress;  // of reading the capture; returns true, and throws to end it
};

// What the collecting run knew is read from its run.json, or is `unwritten` where the disk would not take it. Its notes are added
// to the verdict's. Throws EnvironmentError for what cannot be read.
report::RunReport judge_evidence(const EvidenceFolder& folder, verdict::JudgeOptions options, const Clock& clock,
                                 const std::optional<RunRecord>& unwritten = {}, const Hearers& hearers = {});

}  // namespace testigo::run
