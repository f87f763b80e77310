#include "check/finding_log.h"

#include "base/inert.h"

namespace testigo::check {

void FindingLog::add(Id id, Severity severity, const call::Spot& spot, const std::string& text) {
  ++by_severity_[static_cast<std::size_t>(severity)];
  const bool keep = is_kept(id);
  if (!keep && !listener_) return;
  Finding finding{info(id).id, info(id).clause, severity, spot, inert(text, 512)};
  if (other_side_) finding.spot.place.other_side = true;
  if (listener_) listener_(finding);
  if (keep) kept_.push_back(std::move(finding));
}

void FindingLog::add(const Finding& finding) {
  ++by_severity_[static_cast<std::size_t>(finding.severity)];
  if (listener_) listener_(finding);
  if (is_kept(id_of(finding.check))) kept_.push_back(finding);
}

}  // namespace testigo::check
