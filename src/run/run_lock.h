// run.lock: whoever follows a run can tell whether its process is still there. It is held from the beginning of the run to the end
// of its process, however that comes, and says of which file on which kernel it is a lock: of a copy, or from another machine,
// nothing is concluded.
#pragma once

#include <cstdint>
#include <string>

#include "run/evidence_folder.h"
#include "run/run_record.h"

namespace testigo::run {

class RunLock {
 public:
  // Of a folder that the run made; it must outlive this. Where a lock cannot be had there is none.
  explicit RunLock(const EvidenceFolder& folder);
  RunLock(const RunLock&) = delete;
  RunLock& operator=(const RunLock&) = delete;
  // Of a run that has come to its end it leaves nothing: run.json says so.
  ~RunLock();

 private:
  const EvidenceFolder& folder_;
  int descriptor_ = -1;
};

enum class RunProcess : std::uint8_t { There, Gone, NotKnown };
RunProcess run_process(const EvidenceFolder& folder);

// The run did not come to its end, and will not.
bool was_cut_short(const EvidenceFolder& folder);
// The note of a verdict on evidence of such a run, or of one of which it is not known that it may go on; else empty.
std::string note_of_no_end(const EvidenceFolder& folder, const RunRecord& record);

}  // namespace testigo::run
