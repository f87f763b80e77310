// What a run of which only the wire is known shows beside its verdict.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "run/call_filter.h"
#include "run/follow.h"

namespace testigo::run {

struct Shown {
  bool json = false;
  bool quiet = false;                // no line a call
  bool frames = false;               // every frame
  CallSelection calls;               // which of them
  std::optional<Followed> follow;    // a diagram of that stream at the end
  std::vector<std::string> secrets;  // names of fields whose values are not shown, beside those that always are
};

}  // namespace testigo::run
