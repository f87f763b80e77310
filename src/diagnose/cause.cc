#include "diagnose/cause.h"

#include <cassert>
#include <utility>

#include "diagnose/catalogue.h"

namespace testigo::diagnose {

Cause cause_of(std::string_view id, std::string explanation, std::vector<call::Place> places) {
  const CauseInfo& info = cause_info(id);
  assert(info.named());
  Cause cause;
  cause.id = info.id;
  cause.title = info.title;
  cause.explanation = std::move(explanation);
  cause.fix = info.fix;
  cause.places = std::move(places);
  return cause;
}

Cause mixed_up_answers(std::string explanation, std::vector<call::Place> places) {
  return cause_of("F27", std::move(explanation), std::move(places));
}

}  // namespace testigo::diagnose
