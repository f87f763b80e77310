// The catalogue of causes: what explains a failure, how it is seen, and what to do. The ids are stable.
#pragma once

#include <span>
#include <string_view>

namespace testigo::diagnose {

struct CauseInfo {
  std::string_view id;
  bool common = false;  // one of the fourteen that people meet most
  std::string_view title;
  std::string_view symptom;  // as its user sees it
  std::string_view meaning;
  std::string_view seen;  // what on the wire shows it, and tells it apart from its neighbours
  std::string_view fix;
  std::string_view awaits = {};  // why it is not named yet; empty when it is named

  bool named() const { return awaits.empty(); }
};

std::span<const CauseInfo> catalogue();
const CauseInfo& cause_info(std::string_view id);  // one that is there

}  // namespace testigo::diagnose
