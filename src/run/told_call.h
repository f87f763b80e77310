// One call as the files of its evidence tell it: what its client and its server state, and the frames of its stream.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>

#include <nlohmann/json.hpp>

#include "run/call_details.h"
#include "run/evidence_folder.h"
#include "run/statements_of_call.h"

namespace testigo::run {

// A statement as docs/formats/page.md has it.
nlohmann::ordered_json statement_json(const FoundStatement& found, Time began);

// The frames of these streams, by one reading of the capture. Throws EnvironmentError.
std::map<StreamKey, report::CallDetail> read_details(const EvidenceFolder& folder, std::set<StreamKey> chosen);

// The detail of a call, as far as there is a stream, and an id; nothing when nothing is told of it. The capture is read up to where
// the call ends. Throws EnvironmentError.
std::optional<nlohmann::ordered_json> told_call(const EvidenceFolder& folder, const std::optional<StreamKey>& stream,
                                                const std::optional<statement::CallId>& id, Time began);

// Of a call that is there, and of which the files tell nothing now: no statements, no frames, and in words why.
nlohmann::ordered_json untold_call(const std::string& why);
// Why files that should tell a call do not, as far as it shows.
std::string why_untold(const EvidenceFolder& folder);

}  // namespace testigo::run
