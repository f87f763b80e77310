// Finds the client connection preface of HTTP/2 among octets of anything else. Cutting them elsewhere never changes where.
#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "base/bytes.h"

namespace testigo::capture {

class PrefaceSearch {
 public:
  // How many of the next octets come up to the end of a preface, the first that ends among them; those behind are to be asked for.
  std::optional<std::size_t> find(Bytes octets);
  // Octets are missing here.
  void lose() { tail_.clear(); }

 private:
  std::string tail_;  // the last octets, fewer than a preface has
};

}  // namespace testigo::capture
