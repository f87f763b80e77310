// PX01 to PX10: what a hop made of the calls that it passed on (the catalogue's group PX).
#pragma once

#include <cstdint>

#include "base/histogram.h"
#include "check/findings.h"
#include "check/hop/side.h"

namespace testigo::check::hop {

struct HopSummary {
  std::uint64_t paired = 0;  // calls that are on both sides
  std::uint64_t only_downstream = 0;
  std::uint64_t only_upstream = 0;
  std::uint64_t beyond_limit = 0;  // of both sides, not kept
  Histogram added;                 // to the time that each call took: a difference of two durations, each by one clock
};

// After both sides were heard to their ends.
HopSummary judge_hop(const Side& downstream, const Side& upstream, Findings& findings);

}  // namespace testigo::check::hop
