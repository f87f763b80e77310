// The findings of a run: of each check the first ones of each grade are kept, all are told and counted.
#pragma once

#include <array>
#include <functional>
#include <string>
#include <vector>

#include "base/limits.h"
#include "check/catalogue.h"
#include "check/tally.h"

namespace testigo::check {

class FindingLog {
 public:
  explicit FindingLog(const Limits& limits = {}) : limits_(limits) {}

  // `text` may quote the wire: it is made inert here.
  void add(Id id, Severity severity, const call::Spot& spot, const std::string& text);
  // One of another log.
  void add(const Finding& finding);

  // Whether connections are now those of the other side of a hop: then places say so.
  void hear_other_side(bool other) { other_side_ = other; }
  bool hears_other_side() const { return other_side_; }

  // Called for every finding, also those that are not kept.
  void on_finding(std::function<void(const Finding&)> listener) { listener_ = std::move(listener); }

  const std::vector<Finding>& kept() const { return kept_; }
  // Puts what it has behind what is there: the findings that are kept, and how many there were.
  void add_to(Tally& tally) const;
  // Of the checks themselves, too.
  const Limits& limits() const { return limits_; }

 private:
  bool count(Id id, Severity severity);  // whether it is one to be kept

  Limits limits_;
  bool other_side_ = false;
  std::vector<Finding> kept_;
  std::array<Grades, kCheckCount> by_check_{};
  std::function<void(const Finding&)> listener_;
};

}  // namespace testigo::check
