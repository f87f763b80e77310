#include "check/finding_log.h"

#include "base/inert.h"

namespace testigo::check {

void FindingLog::add(Id id, Severity severity, const call::Spot& spot, const std::string& text) {
  ++by_severity_[static_cast<std::size_t>(severity)];
  const bool keep = ++by_check_[static_cast<std::size_t>(id)] <= limits_.findings_kept;
  if (!keep && !listener_) return;
  Finding finding{info(id).id, info(id).clause, severity, spot, inert(text, 512)};
  if (other_side_) finding.spot.place.other_side = true;
  if (listener_) listener_(finding);
  if (keep) kept_.push_back(std::move(finding));
}

}  // namespace testigo::check
