#include "verdict/grpc_claim.h"

#include <algorithm>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "verdict/connection_scope.h"
#include "verdict/unjudged.h"
#include "verdict/wording.h"

namespace testigo::verdict {
namespace {

Exhibit exhibit_of(const check::Finding& finding) {
  Exhibit exhibit;
  exhibit.text = fmt::format("{}: {} ({})", finding.check, finding.text, place_name(finding.spot.place));
  exhibit.wire.push_back(finding.spot.place);
  return exhibit;
}

// What the checks counted on the connections in scope.
class Scoped {
 public:
  explicit Scoped(const Docket& docket) {
    const ConnectionScope scope(docket);
    for (const WireConnection& connection : docket.evidence.wire->connections) {
      if (scope.judged(connection)) add(docket.evidence, connection.view.number);
    }
    std::ranges::sort(connections_);
  }

  bool holds(call::ConnectionNumber connection) const { return std::ranges::binary_search(connections_, connection); }
  const check::Counts& counts() const { return counts_; }
  std::uint64_t errors() const { return errors_; }

 private:
  void add(const Evidence& evidence, call::ConnectionNumber connection) {
    connections_.push_back(connection);
    const auto it = evidence.connection_checks.find(connection);
    if (it == evidence.connection_checks.end()) return;
    errors_ += it->second.errors;
    for (const auto& [id, count] : it->second.counts) counts_[id] += count;
  }

  std::vector<call::ConnectionNumber> connections_;  // sorted
  check::Counts counts_;
  std::uint64_t errors_ = 0;
};

// Findings are kept up to a bound, errors are all counted.
void break_by_findings(ClaimDraft& claim, const Scoped& scoped, const std::vector<check::Finding>& findings) {
  std::uint64_t shown = 0;
  for (const check::Finding& finding : findings) {
    if (finding.severity != check::Severity::Error || !scoped.holds(finding.spot.place.connection)) continue;
    ++shown;
    claim.broken([&] { return exhibit_of(finding); });
  }
  for (; shown < scoped.errors(); ++shown) {
    claim.broken(
        [] { return Exhibit{.call = {}, .text = "a check failed at error severity", .octets = {}, .wire = {}, .statements = {}}; });
  }
}

void point_at_connections(ClaimDraft& claim, const Scoped& scoped, const WireTestimony& wire) {
  for (const WireConnection& connection : wire.connections) {
    if (!connection.carried_call || !scoped.holds(connection.view.number)) continue;
    claim.support([&] {
      Exhibit exhibit;
      exhibit.text = fmt::format("connection {}, from packet {} on: no check failed at error severity", connection.view.number,
                                 connection.preface_packet);
      exhibit.wire.push_back({connection.preface_packet, connection.view.number, 0});
      return exhibit;
    });
  }
}

}  // namespace

std::string judge_grpc(Docket& docket) {
  if (!docket.evidence.wire) return {};
  const Scoped scoped(docket);
  ClaimDraft& claim = docket.claims[7];
  break_by_findings(claim, scoped, docket.evidence.checks.findings);
  point_at_connections(claim, scoped, *docket.evidence.wire);
  if (docket.wire.tls()) {
    claim.doubt("the wire shows TLS, whose octets it cannot read");
    return {};
  }
  std::vector<std::string_view> passed;
  std::size_t silent = 0;
  check::Counts in_scope;
  for (const auto& [id, unscoped] : docket.evidence.checks.counts) {
    const auto it = scoped.counts().find(id);
    const check::CheckCount count = it == scoped.counts().end() ? check::CheckCount{} : it->second;
    in_scope.emplace(id, count);
    if (count.passed > 0) passed.push_back(id);
    if (count.outcome() == check::Outcome::NotObserved) ++silent;
  }
  for (std::string& doubt : doubts_of(unjudged_in(in_scope))) claim.doubt(std::move(doubt));
  if (passed.empty()) claim.doubt("no check found anything to judge");
  std::string text = fmt::format("{} passed: {}", count_text(passed.size(), "check"), id_ranges(passed));
  if (silent != 0) text += fmt::format("; {} met nothing to judge", count_text(silent, "check"));
  return text;
}

}  // namespace testigo::verdict
