#include "check/prohibited_suites.h"

#include <algorithm>
#include <array>

namespace testigo::check {
namespace {

// The 276 numbers of the list, from the first to the last of each run.
struct Run {
  std::uint16_t first;
  std::uint16_t last;
};
constexpr std::array<Run, 24> kProhibited = {{
    {0x0000, 0x001b}, {0x001e, 0x0046}, {0x0067, 0x006d}, {0x0084, 0x009d}, {0x00a0, 0x00a1}, {0x00a4, 0x00a9},
    {0x00ac, 0x00c5}, {0x00ff, 0x00ff}, {0xc001, 0xc02a}, {0xc02d, 0xc02e}, {0xc031, 0xc051}, {0xc054, 0xc055},
    {0xc058, 0xc05b}, {0xc05e, 0xc05f}, {0xc062, 0xc06b}, {0xc06e, 0xc07b}, {0xc07e, 0xc07f}, {0xc082, 0xc085},
    {0xc088, 0xc089}, {0xc08c, 0xc08f}, {0xc092, 0xc09d}, {0xc0a0, 0xc0a1}, {0xc0a4, 0xc0a5}, {0xc0a8, 0xc0a9},
}};

constexpr std::size_t count() {
  std::size_t count = 0;
  for (const Run& run : kProhibited) count += run.last - run.first + 1u;
  return count;
}
static_assert(count() == 276);

}  // namespace

bool is_prohibited_suite(std::uint16_t suite) {
  return std::ranges::any_of(kProhibited, [=](const Run& run) { return run.first <= suite && suite <= run.last; });
}

}  // namespace testigo::check
