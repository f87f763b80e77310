#include "verdict/grpc_claim.h"

#include <algorithm>
#include <map>
#include <vector>

#include <fmt/format.h>

#include "check/catalogue.h"
#include "verdict/connection_scope.h"
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

// "CN01–CN05, HD07": ids in order, runs of three and more as a range.
std::string id_ranges(const std::vector<std::string_view>& ids) {
  const auto follows = [&](std::size_t i) {
    return i + 1 < ids.size() && ids[i].substr(0, 2) == ids[i + 1].substr(0, 2) &&
           std::stoi(std::string(ids[i].substr(2))) + 1 == std::stoi(std::string(ids[i + 1].substr(2)));
  };
  std::string text;
  for (std::size_t first = 0; first < ids.size();) {
    std::size_t last = first;
    while (follows(last)) ++last;
    if (last < first + 2) last = first;
    text += fmt::format("{}{}", text.empty() ? "" : ", ", ids[first]);
    if (last != first) text += fmt::format("–{}", ids[last]);
    first = last + 1;
  }
  return text;
}

// Whether a failure of that row is an error: else nothing hangs on what could not be judged of it.
bool may_break(std::string_view id) {
  const auto row = std::ranges::find(check::catalogue(), id, &check::CheckInfo::id);
  return row == check::catalogue().end() || row->severity == check::Severity::Error;
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
  std::map<std::string_view, std::vector<std::string_view>> unjudged;  // by reason
  for (const auto& [id, unscoped] : docket.evidence.checks.counts) {
    const auto it = scoped.counts().find(id);
    const check::CheckCount count = it == scoped.counts().end() ? check::CheckCount{} : it->second;
    if (count.not_judgeable > 0 && may_break(id)) unjudged[count.reason].push_back(id);
    if (count.passed > 0) passed.push_back(id);
    if (count.outcome() == check::Outcome::NotObserved) ++silent;
  }
  for (const auto& [reason, ids] : unjudged) {
    claim.doubt(fmt::format("{} not judgeable ({}): {}", count_text(ids.size(), "check"), reason, id_ranges(ids)));
  }
  if (passed.empty()) claim.doubt("no check found anything to judge");
  std::string text = fmt::format("{} passed: {}", count_text(passed.size(), "check"), id_ranges(passed));
  if (silent != 0) text += fmt::format("; {} met nothing to judge", count_text(silent, "check"));
  return text;
}

}  // namespace testigo::verdict
