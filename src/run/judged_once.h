// What a run judged once, by what its evidence does not keep: message bodies (no `--payloads`), values that are masked, and what
// the user declared of messages. run.json holds it for whoever judges the evidence again (docs/formats/run.md).
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "check/tally.h"

namespace testigo::run {

// One row of such checks.
struct RowOnce {
  struct Failure {
    call::Place place;
    Time time;
    std::string text;  // inert
    friend bool operator==(const Failure&, const Failure&) = default;
  };

  std::uint64_t passed = 0;
  std::uint64_t failed = 0;
  std::uint64_t not_judgeable = 0;
  std::vector<Failure> failures;  // the first ones
  friend bool operator==(const RowOnce&, const RowOnce&) = default;
};

using JudgedOnce = std::map<std::string, RowOnce, std::less<>>;  // by id

// The rows of errors that found something to judge.
JudgedOnce judged_once(const check::Tally& tally);

// What the run found broken and the evidence does not show stands in its tally, too. Returns what is to be noted of it; empty:
// nothing.
std::string take_over_failures(const JudgedOnce& judged, check::Tally& tally);

// What the evidence leaves open is as the run judged it, where that never failed and could always be judged, unless the evidence
// holds more to judge than the run did; the same in what is counted of each connection, which may be null. Returns the note.
std::string take_over_passes(const JudgedOnce& judged, check::Tally& tally,
                             std::map<call::ConnectionNumber, check::ConnectionTally>* connections = nullptr);

}  // namespace testigo::run
