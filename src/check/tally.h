// What the checks found: findings, and per check how often it passed, failed, or could not be judged and why; of a run, and of each
// of its connections.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/limits.h"
#include "call/event.h"

namespace testigo::check {

enum class Severity : std::uint8_t { Error, Warning, Info };
std::string_view severity_name(Severity severity);  // "error", "warning", "info"

enum class Outcome : std::uint8_t { Pass, Fail, NotObserved, NotJudgeable };
std::string_view outcome_name(Outcome outcome);  // "pass", "fail", "not-observed", "not-judgeable"

// A failed check, with the place that shows it.
struct Finding {
  std::string_view check;   // "CN01": points into the catalogue
  std::string_view clause;  // that it rests on: "RFC 9113 3.4"
  Severity severity = Severity::Error;
  call::Spot spot;
  std::string text;  // what was seen and what was expected, inert
};

struct CheckCount {
  std::uint64_t passed = 0;
  std::uint64_t failed = 0;
  std::uint64_t not_judgeable = 0;
  std::string_view reason;  // why not judgeable, the first time; a literal

  Outcome outcome() const;
  CheckCount& operator+=(const CheckCount& other);
};

using Counts = std::map<std::string_view, CheckCount>;  // by id

// How many findings there were of each Severity.
using Grades = std::array<std::uint64_t, 3>;

// Rows that could not be judged, by id, and why; literals.
using Unjudged = std::map<std::string_view, std::string_view>;

struct ConnectionTally {
  Counts counts;  // of the checks that found something to judge, or that it could not be judged
  std::uint64_t errors = 0;
};

struct Tally {
  Counts counts;                              // every check that is judged
  Unjudged in_doubt;                          // on connections that carried a gRPC call and were seen from their start
  std::vector<Finding> findings;              // in order; of each check and grade the first Limits::findings_kept
  std::map<std::string_view, Grades> grades;  // of all findings, by check
  std::uint64_t errors = 0;                   // of all checks
  std::uint64_t warnings = 0;
  std::uint64_t infos = 0;

  // That there were so many more findings of this check.
  void count(std::string_view check, const Grades& more);
};

}  // namespace testigo::check
