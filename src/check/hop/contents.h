// What calls are told apart by.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>

#include "check/hop/side.h"

namespace testigo::check::hop {

// Nothing: of this call the key says nothing.
using Key = std::function<std::optional<std::uint64_t>(const CallOfSide&)>;

std::uint64_t requests_digest(const CallOfSide& call);  // method and messages
std::uint64_t answer_digest(const CallOfSide& call);    // messages, status and end

// What the metadata of the requests of both sides tells: of what a hop adds, takes away or changes everywhere it tells nothing.
class CommonMetadata {
 public:
  // The sides must outlive it.
  CommonMetadata(const Side& one, const Side& other);

  Key everything() const;  // all fields of whose values some are common
  // A field whose values are never the same for two calls of a side, and are mostly found on the other side: a number of the call.
  Key number() const;
  Key rare() const;  // a field that stands once on each side

 private:
  struct Values {
    std::map<std::uint64_t, std::uint64_t> times;
    bool repeated = false;
  };
  using ByName = std::map<std::string, Values>;
  static ByName values_of(const Side& side);
  static std::uint64_t times(const ByName& side, const Field& field);
  Key first_of(std::function<bool(const Field&)> fits) const;

  ByName one_, other_;
  std::set<std::string> common_, numbers_;
};

}  // namespace testigo::check::hop
