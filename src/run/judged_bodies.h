// What a run judged of message bodies that its capture does not keep (no `--payloads`): run.json holds it for whoever judges the
// capture again.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "check/tally.h"

namespace testigo::run {

// Rows of checks that look into bodies, and how often each passed; those alone that never failed and could always be judged.
using JudgedBodies = std::map<std::string, std::uint64_t, std::less<>>;

JudgedBodies judged_bodies(const check::Tally& tally);

// Where the capture leaves such a row open, it is as the run judged it, unless the capture holds more to judge than the run did;
// the same in what is counted of each connection, which may be null. Returns what is to be noted of it; empty: nothing.
std::string take_over(const JudgedBodies& judged, check::Tally& tally,
                      std::map<call::ConnectionNumber, check::ConnectionTally>* connections = nullptr);

}  // namespace testigo::run
