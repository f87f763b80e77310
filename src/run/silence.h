// Whether evidence that does not say that its run is over will be written any more.
#pragma once

#include <filesystem>

#include "base/clock.h"
#include "run/evidence_folder.h"

namespace testigo::run {

// Nobody has written to it for a while: before we came, by the times of its files, or since then, for those of a copy are the times
// of the copying. Who is known to be there may write to it yet.
class Silence {
 public:
  static constexpr Duration kLongEnough = std::chrono::seconds(10);

  // Both must outlive it.
  Silence(const EvidenceFolder& folder, const Clock& clock);

  // Asked time and again; once it is true it stays so.
  bool look();

 private:
  const EvidenceFolder& folder_;
  const Clock& clock_;
  Duration came_;
  std::filesystem::file_time_type written_;
  bool silent_;
  bool decided_;
};

}  // namespace testigo::run
