#include "check/all_checks.h"

#include <algorithm>
#include <array>

namespace testigo::check {
namespace {

using Checks = std::vector<std::unique_ptr<Check>>;

void add_across(Checks& checks, Findings& findings, Across& across) {
  checks.push_back(attempt_checks(findings, across));
  checks.push_back(dial_checks(findings, across));
}

}  // namespace

bool is_across(Id id) {
  constexpr std::array kIds = {Id::RT02, Id::RT03, Id::RT04, Id::BH06, Id::BH07};
  return std::ranges::find(kIds, id) != kIds.end();
}

Checks all_checks(Rows rows, Findings& findings, Across& across, Declared* declared) {
  Checks checks;
  if (rows == Rows::Across) {
    add_across(checks, findings, across);
    return checks;
  }
  checks.push_back(connection_checks(findings));
  checks.push_back(tls_checks(findings));
  checks.push_back(frame_checks(findings));
  checks.push_back(settings_checks(findings));
  checks.push_back(ping_checks(findings));
  checks.push_back(goaway_checks(findings));
  checks.push_back(flow_control_checks(findings));
  checks.push_back(flood_checks(findings));
  checks.push_back(stream_checks(findings));
  checks.push_back(header_checks(findings));
  checks.push_back(request_checks(findings));
  checks.push_back(message_checks(findings));
  checks.push_back(response_checks(findings));
  checks.push_back(hpack_checks(findings));
  checks.push_back(content_length_checks(findings));
  checks.push_back(call_definition_checks(findings));
  checks.push_back(metadata_checks(findings));
  checks.push_back(compression_checks(findings));
  checks.push_back(status_checks(findings));
  checks.push_back(media_type_checks(findings));
  checks.push_back(cancel_checks(findings));
  checks.push_back(deadline_checks(findings));
  checks.push_back(keepalive_checks(findings));
  checks.push_back(connection_age_checks(findings));
  checks.push_back(retry_checks(findings));
  if (declared != nullptr) checks.push_back(schema_checks(findings, *declared));
  if (rows == Rows::All) add_across(checks, findings, across);
  checks.push_back(closing_checks(findings));  // last: it asks what the others found
  return checks;
}

}  // namespace testigo::check
