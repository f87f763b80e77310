#include "check/all_checks.h"

#include <algorithm>
#include <array>
#include <utility>

#include "check/flow_control_checks.h"
#include "check/frame_checks.h"
#include "check/goaway_checks.h"
#include "check/stream_checks.h"

namespace testigo::check {
namespace {

void add_across(std::vector<std::unique_ptr<Check>>& checks, Findings& findings, CallsSoFar& calls, Across& across) {
  checks.push_back(attempt_checks(findings, calls, across));
  checks.push_back(dial_checks(findings, across));
}

}  // namespace

bool is_across(Id id) {
  constexpr std::array kIds = {Id::RT02, Id::RT03, Id::RT04, Id::BH06, Id::BH07};
  return std::ranges::find(kIds, id) != kIds.end();
}

AllChecks all_checks(Rows rows, Findings& findings, CallsSoFar& calls, Across& across, Declared* declared) {
  AllChecks all;
  std::vector<std::unique_ptr<Check>>& checks = all.list;
  if (declared == nullptr || rows == Rows::Across) all.plain_calls.emplace(findings, calls);
  if (rows == Rows::Across) {
    add_across(checks, findings, calls, across);
    return all;
  }
  auto frames = std::make_unique<FrameChecks>(findings);
  auto goaways = std::make_unique<GoawayChecks>(findings);
  auto streams = std::make_unique<StreamChecks>(findings, calls);
  auto windows = std::make_unique<FlowControlChecks>(findings, streams->followed());
  all.plain_frames.emplace(*frames, *goaways, *streams, *windows);
  checks.push_back(connection_checks(findings, calls));
  checks.push_back(tls_checks(findings));
  checks.push_back(std::move(frames));
  checks.push_back(settings_checks(findings));
  checks.push_back(ping_checks(findings, calls));
  checks.push_back(std::move(goaways));
  checks.push_back(std::move(windows));
  checks.push_back(flood_checks(findings));
  checks.push_back(std::move(streams));
  checks.push_back(header_checks(findings));
  checks.push_back(request_checks(findings));
  checks.push_back(message_checks(findings, calls));
  checks.push_back(response_checks(findings, calls));
  checks.push_back(hpack_checks(findings));
  checks.push_back(content_length_checks(findings, calls));
  checks.push_back(call_definition_checks(findings));
  checks.push_back(metadata_checks(findings));
  checks.push_back(compression_checks(findings, calls));
  checks.push_back(status_checks(findings));
  checks.push_back(media_type_checks(findings, calls));
  checks.push_back(cancel_checks(findings, calls));
  checks.push_back(deadline_checks(findings));
  checks.push_back(keepalive_checks(findings, calls));
  checks.push_back(connection_age_checks(findings));
  checks.push_back(retry_checks(findings));
  if (declared != nullptr) checks.push_back(schema_checks(findings, *declared));
  if (rows == Rows::All) add_across(checks, findings, calls, across);
  checks.push_back(closing_checks(findings));  // last: it asks what the others found
  return all;
}

}  // namespace testigo::check
