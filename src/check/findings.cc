#include "check/findings.h"

#include <algorithm>
#include <utility>

namespace testigo::check {

void Findings::fail(Id id, Severity severity, const call::Spot& spot, const std::string& text) {
  ++of(id).failed;
  ++troubles_;
  if (severity == Severity::Error) ++errors_;
  if (!holding_) {
    log_.add(id, severity, spot, text);
  } else if (held_.size() < limits().findings_kept || (severity == Severity::Error && errors_ <= limits().findings_kept)) {
    held_.push_back({id, severity, spot, text});
  }
}

std::array<std::uint64_t, kCheckCount> Findings::passed() const {
  std::array<std::uint64_t, kCheckCount> passed{};
  std::ranges::transform(counts_, passed.begin(), &CheckCount::passed);
  return passed;
}

void Findings::release() {
  holding_ = false;
  for (const Held& held : std::exchange(held_, {})) log_.add(held.id, held.severity, held.spot, held.text);
}

void Findings::not_judgeable(Id id, std::string_view reason) {
  ++troubles_;
  if (of(id).not_judgeable++ == 0) of(id).reason = reason;
}

}  // namespace testigo::check
