// The calls of both sides of a hop, paired by their contents: never by clocks, which are those of two machines.
//
// Equal calls are interchangeable: they form a group, and only what holds for any pairing of its members is said of them.
#pragma once

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "check/hop/side.h"

namespace testigo::check::hop {

using Calls = std::vector<const CallOfSide*>;

// As many calls on the one side as on the other; those with the same index agree in their answers where that is possible.
struct Group {
  Calls down;
  Calls up;
  bool trusted = false;  // what differs inside is the hop's doing
  bool alone() const { return down.size() == 1; }
};

// Calls with the same method and the same requests, of which some have no counterpart.
struct Unmatched {
  Calls down;  // without a counterpart
  Calls up;
  Calls all_down;  // of these contents
  Calls all_up;
};

// When, by the clock of one side, the other capture was there too: between two calls that both have.
class Cover {
 public:
  Cover() = default;
  explicit Cover(const Calls& in_both);
  bool holds(const CallOfSide& call) const { return since_ && call.started > *since_ && call.ended < *until_; }

 private:
  std::optional<Time> since_, until_;
};

struct Pairing {
  std::vector<Group> groups;
  std::vector<Unmatched> unmatched;
  Cover down_cover;  // of downstream calls, by the upstream capture
  Cover up_cover;
};

// The sides must outlive the pairing. "Down" is the client's side, "up" the server's.
Pairing pair_by_content(const Side& downstream, const Side& upstream);

}  // namespace testigo::check::hop
