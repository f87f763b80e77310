// A number of 64 bits that stands for octets: equal octets have equal ones, however they were cut. It tells apart what differs by
// chance or mistake; it is no defence against who looks for two texts with the same one.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/bytes.h"

namespace testigo {

class Digest {
 public:
  void add(Bytes octets);
  void add(std::string_view text) { add(as_octets(text)); }
  // What may be of any length ends where it ends: ("a", "bc") is not ("ab", "c").
  void add_whole(std::string_view text);
  void add_number(std::uint64_t number);

  std::uint64_t value() const;

  friend bool operator==(const Digest& a, const Digest& b) { return a.value() == b.value(); }

 private:
  void mix(std::uint64_t word);

  std::uint64_t state_ = 0x9e37'79b9'7f4a'7c15;
  std::uint64_t length_ = 0;
  std::uint64_t pending_ = 0;  // the octets behind the last whole word
  unsigned pending_octets_ = 0;
};

inline std::uint64_t digest_of(Bytes octets) {
  Digest digest;
  digest.add(octets);
  return digest.value();
}

inline std::uint64_t digest_of(std::string_view text) { return digest_of(as_octets(text)); }

}  // namespace testigo
