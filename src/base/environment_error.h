// The environment failed: a file, a port, a permission. Thrown where it happens, caught once, in main (exit code 4).
// The text says what happened and what to do.
#pragma once

#include <stdexcept>

namespace testigo {

class EnvironmentError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

}  // namespace testigo
