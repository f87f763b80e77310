#include "check/tally.h"

namespace testigo::check {

std::string_view severity_name(Severity severity) {
  switch (severity) {
    case Severity::Error:
      return "error";
    case Severity::Warning:
      return "warning";
    case Severity::Info:
      return "info";
  }
  return "";
}

std::string_view outcome_name(Outcome outcome) {
  switch (outcome) {
    case Outcome::Pass:
      return "pass";
    case Outcome::Fail:
      return "fail";
    case Outcome::NotObserved:
      return "not-observed";
    case Outcome::NotJudgeable:
      return "not-judgeable";
  }
  return "";
}

Outcome CheckCount::outcome() const {
  if (failed != 0) return Outcome::Fail;
  if (not_judgeable != 0) return Outcome::NotJudgeable;
  return passed != 0 ? Outcome::Pass : Outcome::NotObserved;
}

CheckCount& CheckCount::operator+=(const CheckCount& other) {
  passed += other.passed;
  failed += other.failed;
  not_judgeable += other.not_judgeable;
  if (reason.empty()) reason = other.reason;
  return *this;
}

void Tally::count(std::string_view check, const Grades& more) {
  Grades& of_check = grades[check];
  for (std::size_t grade = 0; grade < of_check.size(); ++grade) of_check[grade] += more[grade];
  errors += more[static_cast<std::size_t>(Severity::Error)];
  warnings += more[static_cast<std::size_t>(Severity::Warning)];
  infos += more[static_cast<std::size_t>(Severity::Info)];
}

}  // namespace testigo::check
