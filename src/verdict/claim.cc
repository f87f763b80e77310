#include "verdict/claim.h"

#include <algorithm>

namespace testigo::verdict {

std::string_view outcome_name(Outcome outcome) {
  switch (outcome) {
    case Outcome::Proven:
      return "PROVEN";
    case Outcome::Broken:
      return "BROKEN";
    case Outcome::Inconclusive:
      return "INCONCLUSIVE";
  }
  return "INCONCLUSIVE";
}

Outcome outcome_of(const std::vector<Claim>& claims) {
  const auto any = [&](Outcome wanted) { return std::ranges::find(claims, wanted, &Claim::outcome) != claims.end(); };
  if (any(Outcome::Broken)) return Outcome::Broken;
  return claims.empty() || any(Outcome::Inconclusive) ? Outcome::Inconclusive : Outcome::Proven;
}

}  // namespace testigo::verdict
