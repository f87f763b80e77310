#include "diagnose/cause.h"

namespace testigo::diagnose {

Cause mixed_up_answers(std::string explanation, std::vector<call::Place> places) {
  return {
      "F27",
      "answers were mixed up: an answer meant for another client or call",
      std::move(explanation),
      "Look in the server for state shared between calls (a field of the service, a reused reply or buffer, an index into a table "
      "of pending calls) and give each call its own.",
      false,
      1,
      std::move(places)};
}

}  // namespace testigo::diagnose
