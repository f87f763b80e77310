// Messages that are not as the descriptors declare them: of each method and direction the first ones, and what its server made of
// them. Fields that are unknown are none: a newer peer has them.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "call/event.h"

namespace testigo::check {

struct Misfit {
  std::string path;
  Direction direction = Direction::ToServer;
  std::string why;  // of the first; may quote the wire
  std::uint64_t times = 0;
  std::vector<call::Place> places;  // the first of them
  bool answered_internal = false;   // the server ended a call with one of them by INTERNAL
};

class Misfits {
 public:
  static constexpr std::size_t kKept = 8;
  static constexpr std::size_t kPlacesKept = 5;

  void add(const std::string& path, Direction direction, const call::Place& place, const std::string& why);
  // The call at this place ended by INTERNAL.
  void answered_internal(const call::Place& call);

  const std::vector<Misfit>& all() const { return all_; }

 private:
  std::vector<Misfit> all_;
};

}  // namespace testigo::check
