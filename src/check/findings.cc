#include "check/findings.h"

#include <utility>

namespace testigo::check {

void Findings::fail(Id id, Severity severity, const call::Spot& spot, const std::string& text) {
  ++of(id).failed;
  if (severity == Severity::Error) ++errors_;
  if (!holding_) {
    log_.add(id, severity, spot, text);
  } else if (held_.size() < limits().findings_kept) {
    held_.push_back({id, severity, spot, text});
  }
}

void Findings::release() {
  holding_ = false;
  for (const Held& held : std::exchange(held_, {})) log_.add(held.id, held.severity, held.spot, held.text);
}

void Findings::not_judgeable(Id id, std::string_view reason) {
  if (of(id).not_judgeable++ == 0) of(id).reason = reason;
}

}  // namespace testigo::check
