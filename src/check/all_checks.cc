#include "check/all_checks.h"

namespace testigo::check {

std::vector<std::unique_ptr<Check>> all_checks(Findings& findings) {
  std::vector<std::unique_ptr<Check>> checks;
  checks.push_back(connection_checks(findings));
  checks.push_back(stream_checks(findings));
  checks.push_back(header_checks(findings));
  checks.push_back(request_checks(findings));
  checks.push_back(message_checks(findings));
  checks.push_back(response_checks(findings));
  return checks;
}

}  // namespace testigo::check
