#include "diagnose/cause.h"

#include <cassert>
#include <utility>

#include <fmt/format.h>

#include "base/inert.h"
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

Cause other_descriptors(const check::Misfit& misfit) {
  const bool client = misfit.direction == Direction::ToServer;
  Cause cause = cause_of("F25",
                         fmt::format("what the {} of {} sends is not what the .proto declares ({}){}", client ? "client" : "server",
                                     inert(misfit.path), inert(misfit.why),
                                     misfit.answered_internal ? "; the server answered INTERNAL, as one does that cannot read it"
                                     : client                 ? "; the server's own .proto would confirm it"
                                                              : "; the client's own .proto would confirm it"),
                         misfit.places);
  cause.suspected = true;  // what was given may be out of date itself
  cause.times = misfit.times;
  return cause;
}

}  // namespace testigo::diagnose
