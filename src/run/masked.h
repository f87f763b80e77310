// What a recorder masked, as the reports tell it.
#pragma once

#include <vector>

#include "capture/secret_tally.h"
#include "report/run_report.h"

namespace testigo::run {

inline std::vector<report::Masked> masked_of(const std::vector<capture::MaskedField>& fields) {
  std::vector<report::Masked> masked;
  masked.reserve(fields.size());
  for (const capture::MaskedField& field : fields) masked.push_back({field.name, field.times, field.values, field.more_values});
  return masked;
}

}  // namespace testigo::run
