#include "check/finding_log.h"

#include "base/inert.h"

namespace testigo::check {

void FindingLog::add(Id id, Severity severity, const call::Spot& spot, const std::string& text) {
  const bool keep = count(id, severity);
  if (!keep && !listener_) return;
  Finding finding{info(id).id, info(id).clause, severity, spot, inert(text, 512)};
  if (other_side_) finding.spot.place.other_side = true;
  if (listener_) listener_(finding);
  if (keep) kept_.push_back(std::move(finding));
}

void FindingLog::add(const Finding& finding) {
  if (listener_) listener_(finding);
  if (count(id_of(finding.check), finding.severity)) kept_.push_back(finding);
}

bool FindingLog::count(Id id, Severity severity) {
  return ++by_check_[static_cast<std::size_t>(id)][static_cast<std::size_t>(severity)] <= limits_.findings_kept;
}

void FindingLog::add_to(Tally& tally) const {
  tally.findings.insert(tally.findings.end(), kept_.begin(), kept_.end());
  for (std::size_t id = 0; id < by_check_.size(); ++id) {
    if (by_check_[id] != Grades{}) tally.count(info(static_cast<Id>(id)).id, by_check_[id]);
  }
}

}  // namespace testigo::check
