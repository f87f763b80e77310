// Judges evidence that is still being collected: once there is enough of it, and then again and again.
#pragma once

#include <functional>
#include <optional>

#include "base/clock.h"
#include "run/evidence_folder.h"

namespace testigo::run {

struct Repetition {
  Duration after{};               // first, the statements of every client there is must cover this time, by its own clock
  std::optional<Duration> every;  // judge again so long after the last time, until a signal; nothing: once
  // Called before each verdict by the one who repeats, and by no other.
  std::function<void(const EvidenceFolder&)> standing = {};
};

// `judge` gives an exit code; so does this, that of the last time. Among several that repeat for one folder only the first one
// does: the others judge once, and say so. A signal ends the waiting, and what was collected until then is judged.
int judge_repeatedly(const std::filesystem::path& folder, const Repetition& repetition, const Clock& clock,
                     const std::function<int(const EvidenceFolder&)>& judge);

// Whether every client that has a statement file says what covers `time`; false without any.
bool statements_cover(const EvidenceFolder& folder, Duration time);

}  // namespace testigo::run
