// Wrong usage that shows only when a command runs: told in one line, exit code 2. Caught once, in main.
#pragma once

#include <stdexcept>

namespace testigo {

class UsageError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

}  // namespace testigo
