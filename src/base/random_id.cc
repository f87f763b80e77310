#include "base/random_id.h"

#include <cstdint>
#include <cstdio>
#include <random>

namespace testigo {

std::string random_id() {
  std::random_device device;
  const std::uint64_t value = std::uint64_t{device()} << 32 | device();
  char text[17];
  std::snprintf(text, sizeof text, "%016llx", static_cast<unsigned long long>(value));
  return text;
}

}  // namespace testigo
