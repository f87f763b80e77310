#include "check/findings.h"

namespace testigo::check {

void Findings::fail(Id id, Severity severity, const call::Spot& spot, const std::string& text) {
  ++of(id).failed;
  if (severity == Severity::Error) ++errors_;
  log_.add(id, severity, spot, text);
}

void Findings::not_judgeable(Id id, std::string_view reason) {
  if (of(id).not_judgeable++ == 0) of(id).reason = reason;
}

}  // namespace testigo::check
