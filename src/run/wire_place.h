// Where the wire witness of evidence stood: "tap", "listened on lo".
#pragma once

#include <string>

#include "capture/capture_file.h"
#include "run/evidence_folder.h"

namespace testigo::run {

// As far as a capture says it: "tap", "listened"; empty where it was written by others.
std::string witnessed(const capture::CaptureSummary& summary);

// Of evidence to which more may be written: as run.json says it, else as the capture does. Empty where there is no capture yet, or
// neither can be read.
std::string wire_place(const EvidenceFolder& folder);

}  // namespace testigo::run
