#include "report/finding_share.h"

namespace testigo::report {

bool FindingShare::takes(std::string_view check, check::Severity severity) {
  auto of_check = of_each_.find(check);
  if (of_check == of_each_.end()) of_check = of_each_.emplace(check, std::array<std::size_t, 3>{}).first;
  const std::size_t before = of_check->second[static_cast<std::size_t>(severity)]++;
  if (taken_ >= first_max_ && before >= of_each_max_) return false;
  ++taken_;
  return true;
}

}  // namespace testigo::report
