// Two captures, of the two sides of a hop: what each of them tells of its calls, and what comes of comparing them.
#pragma once

#include <string>

#include "check/hop/side.h"
#include "check/judge.h"
#include "report/run_report.h"

namespace testigo::run {

class BothSides {
 public:
  check::hop::Side& given() { return given_; }
  check::hop::Side& other() { return other_; }

  // After both were heard. The names are those of their files.
  report::Hop judge(check::Judge& judge, const std::string& given, const std::string& other) const;

 private:
  check::hop::Side given_{false};
  check::hop::Side other_{true};
};

}  // namespace testigo::run
