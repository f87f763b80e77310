#include "check/findings.h"

#include "base/inert.h"

namespace testigo::check {

void Findings::fail(Id id, Severity severity, const call::Spot& spot, const std::string& text) {
  CheckCount& count = counts_[static_cast<std::size_t>(id)];
  ++count.failed;
  ++by_severity_[static_cast<std::size_t>(severity)];
  const bool keep = count.failed <= limits_.findings_kept;
  if (!keep && !listener_) return;
  Finding finding{info(id).id, severity, spot, inert(text, 512)};
  if (listener_) listener_(finding);
  if (keep) findings_.push_back(std::move(finding));
}

void Findings::not_judgeable(Id id, const std::string& reason) {
  CheckCount& count = counts_[static_cast<std::size_t>(id)];
  if (count.not_judgeable++ == 0) count.reason = reason;
}

Tally Findings::tally() const {
  Tally tally;
  for (std::size_t i = 0; i < kCheckCount; ++i) tally.counts.emplace(info(static_cast<Id>(i)).id, counts_[i]);
  tally.findings = findings_;
  tally.errors = by_severity_[static_cast<std::size_t>(Severity::Error)];
  tally.warnings = by_severity_[static_cast<std::size_t>(Severity::Warning)];
  tally.infos = by_severity_[static_cast<std::size_t>(Severity::Info)];
  return tally;
}

}  // namespace testigo::check
