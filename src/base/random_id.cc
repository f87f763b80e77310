#include "base/random_id.h"

#include <cstdint>
#include <cstdio>
#include <random>

namespace testigo {

std::string random_id() {
  char text[17];
  std::snprintf(text, sizeof text, "%016llx", static_cast<unsigned long long>(random_seed()));
  return text;
}

std::uint64_t random_seed() {
  std::random_device device;
  return std::uint64_t{device()} << 32 | device();
}

}  // namespace testigo
