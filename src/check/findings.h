// Where the checks of one connection say what they found.
#pragma once

#include <array>
#include <cassert>
#include <string>
#include <vector>

#include "check/finding_log.h"

namespace testigo::check {

class Findings {
 public:
  // `log`, which is the run's, must outlive it.
  explicit Findings(FindingLog& log) : log_(log) {}

  void pass(Id id) { ++of(id).passed; }
  void pass(Id id, std::uint64_t times) { of(id).passed += times; }
  // `text` may quote the wire.
  void fail(Id id, const call::Spot& spot, const std::string& text) { fail(id, info(id).severity, spot, text); }
  void fail(Id id, Severity severity, const call::Spot& spot, const std::string& text);
  // `reason` is a literal.
  void not_judgeable(Id id, std::string_view reason);

  // Passes when `holds`, else fails with what `text` gives: it is asked only then.
  template <typename Text>
  void judge(Id id, bool holds, const call::Spot& spot, Text text) {
    holds ? pass(id) : fail_with(id, spot, text);
  }

  // From now on nothing is told, until `release` tells what was held; beyond Limits::findings_kept the first ones stay, and as many
  // errors.
  void hold() { holding_ = true; }
  void release();

  // How often each check has passed.
  std::array<std::uint64_t, kCheckCount> passed() const;
  // How often one has not: it failed, or could not judge.
  std::uint64_t troubles() const { return troubles_; }
  const std::array<CheckCount, kCheckCount>& counts() const { return counts_; }
  const CheckCount& count(Id id) const { return counts_[static_cast<std::size_t>(id)]; }
  std::uint64_t errors() const { return errors_; }
  const Limits& limits() const { return log_.limits(); }
  // The place as findings tell it.
  call::Place told(call::Place place) const {
    place.other_side = log_.hears_other_side();
    return place;
  }

 private:
  // Apart, for what makes texts is long, and hardly ever needed.
  template <typename Text>
  [[gnu::noinline, gnu::cold]] void fail_with(Id id, const call::Spot& spot, Text& text) {
    fail(id, spot, text());
  }

  struct Held {
    Id id;
    Severity severity;
    call::Spot spot;
    std::string text;
  };
  CheckCount& of(Id id) {
    assert(info(id).judged());
    return counts_[static_cast<std::size_t>(id)];
  }

  FindingLog& log_;
  std::array<CheckCount, kCheckCount> counts_;
  std::uint64_t errors_ = 0;
  std::uint64_t troubles_ = 0;
  bool holding_ = false;
  std::vector<Held> held_;
};

}  // namespace testigo::check
