#include "check/misfits.h"

#include <algorithm>

namespace testigo::check {

void Misfits::add(const std::string& path, Direction direction, const call::Place& place, const std::string& why) {
  auto it = std::ranges::find_if(all_, [&](const Misfit& known) { return known.path == path && known.direction == direction; });
  if (it == all_.end()) {
    if (all_.size() == kKept) return;
    it = all_.insert(it, {path, direction, why, 0, {}, false});
  }
  ++it->times;
  if (it->places.size() < kPlacesKept) it->places.push_back(place);
}

void Misfits::answered_internal(const call::Place& call) {
  const auto is_of = [&](const call::Place& place) {
    return place.connection == call.connection && place.stream == call.stream && place.other_side == call.other_side;
  };
  for (Misfit& known : all_) {
    if (known.direction == Direction::ToServer && std::ranges::any_of(known.places, is_of)) known.answered_internal = true;
  }
}

}  // namespace testigo::check
