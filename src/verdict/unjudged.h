// What could not be judged, and whether a claim hangs on it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "check/tally.h"

namespace testigo::verdict {

// "CN01–CN05, HD07": ids in order, runs of three and more as a range.
std::string id_ranges(const std::vector<std::string_view>& ids);

// Why a claim that rests on these checks is in doubt, one sentence for each reason: rows of connections whose failure is an error,
// and that could not be judged somewhere. That nobody declared what to judge a row by is none.
std::vector<std::string> doubts_of(const check::Unjudged& unjudged);

check::Unjudged unjudged_in(const check::Counts& counts);

}  // namespace testigo::verdict
