// Where the checks say what they found.
#pragma once

#include <array>
#include <functional>
#include <string>

#include "base/limits.h"
#include "check/catalogue.h"
#include "check/tally.h"

namespace testigo::check {

class Findings {
 public:
  explicit Findings(const Limits& limits = {}) : limits_(limits) {}

  void pass(Id id) { ++counts_[static_cast<std::size_t>(id)].passed; }
  // `text` may quote the wire: it is made inert here.
  void fail(Id id, const call::Spot& spot, const std::string& text) { fail(id, info(id).severity, spot, text); }
  void fail(Id id, Severity severity, const call::Spot& spot, const std::string& text);
  void not_judgeable(Id id, const std::string& reason);

  // Passes when `holds`, else fails with what `text` gives: it is asked only then.
  template <typename Text>
  void judge(Id id, bool holds, const call::Spot& spot, Text text) {
    holds ? pass(id) : fail(id, spot, text());
  }

  // Called for every finding, also those that are not kept.
  void on_finding(std::function<void(const Finding&)> listener) { listener_ = std::move(listener); }

  Tally tally() const;
  // Of the checks themselves, too.
  const Limits& limits() const { return limits_; }

 private:
  std::array<CheckCount, kCheckCount> counts_;
  std::vector<Finding> findings_;
  std::array<std::uint64_t, 3> by_severity_{};
  std::function<void(const Finding&)> listener_;
  Limits limits_;
};

}  // namespace testigo::check
