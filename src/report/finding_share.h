// Which findings a page lists where there are many.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "check/tally.h"

namespace testigo::report {

// The first so many of all; and of each check the first of each grade, however late they come: whatever was found, some of it is
// there.
class FindingShare {
 public:
  static constexpr std::size_t kOfEachMax = 100;

  explicit FindingShare(std::size_t first_max) : first_max_(first_max), of_each_max_(std::min(first_max, kOfEachMax)) {}

  // Whether the next one is among them.
  bool takes(std::string_view check, check::Severity severity);

 private:
  std::size_t first_max_, of_each_max_;
  std::size_t taken_ = 0;
  std::map<std::string, std::array<std::size_t, 3>, std::less<>> of_each_;  // by grade, so far
};

}  // namespace testigo::report
