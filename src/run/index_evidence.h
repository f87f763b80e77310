// The ledger of an evidence folder, made while the folder is judged, so that nothing is read twice. It is written beside the old
// one and takes its place when it is whole: a process that is killed leaves the old one, or none.
//
// Nothing here throws: an index that cannot be written is told, and takes nothing from a verdict.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "ledger/rows.h"
#include "report/run_report.h"
#include "run/evidence_folder.h"
#include "run/judge_evidence.h"
#include "verdict/judge.h"

namespace testigo::run {

// A ledger of a newer testigo is not replaced, unless somebody says so.
enum class Newer : bool { Keep, Replace };

class EvidenceIndex {
 public:
  // Before the evidence is judged: what changes from here on makes the ledger outdated. Waits for another process that is making
  // it, 5 s at most. Folder and clock must outlive it. `place` is where the ledger is to be; empty: in the folder.
  EvidenceIndex(const EvidenceFolder& folder, const verdict::JudgeOptions& strictness, const Clock& clock,
                Newer newer = Newer::Keep, const std::filesystem::path& place = {});
  EvidenceIndex(const EvidenceIndex&) = delete;
  EvidenceIndex& operator=(const EvidenceIndex&) = delete;
  ~EvidenceIndex();  // what is not finished leaves nothing

  // For `judge_evidence`; they borrow this.
  Hearers hearers();

  // Puts the ledger in its place. False when it could not be written. `first`, which must not throw, has the file before that,
  // while no other process makes one.
  bool finish(const report::RunReport& report, const std::function<void(const std::filesystem::path&)>& first = {});
  const std::string& trouble() const { return trouble_; }  // why; empty when there was none

 private:
  class Making;
  // Nothing is done any more once something went wrong.
  template <typename Action>
  void attempt(Action action);

  const EvidenceFolder& folder_;
  const Clock& clock_;
  std::string strictness_;
  std::vector<ledger::Source> sources_;
  std::unique_ptr<Making> making_;
  std::string trouble_;
};

// Whether there is a sound ledger, made by this version and with this strictness, from the files as they are now. Throws
// EnvironmentError for one of a newer version.
bool is_indexed(const EvidenceFolder& folder, const verdict::JudgeOptions& strictness);

}  // namespace testigo::run
