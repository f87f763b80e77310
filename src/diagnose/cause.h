// What explains findings and failures in the user's own terms, with a fix. The ids are stable.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "call/event.h"
#include "check/misfits.h"

namespace testigo::diagnose {

struct Cause {
  std::string id;  // "F01"
  std::string title;
  std::string explanation;  // what was seen, inert
  std::string fix;
  // The evidence fits other causes too; the explanation says what would confirm this one.
  bool suspected = false;
  std::uint64_t times = 1;          // how often it was met
  std::vector<call::Place> places;  // the first of them
};

// The cause of this id with title and fix of the catalogue. `explanation` is inert.
Cause cause_of(std::string_view id, std::string explanation, std::vector<call::Place> places);

// F27: a reply that names another client, call or connection. `explanation` says whose, inert.
Cause mixed_up_answers(std::string explanation, std::vector<call::Place> places);

// F25: messages of one side are not as the descriptors declare them. Suspected, for it may be these that are out of date; unless
// the server refused such requests.
Cause other_descriptors(const check::Misfit& misfit);

}  // namespace testigo::diagnose
