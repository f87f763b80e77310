#include "diagnose/catalogue.h"

#include <algorithm>
#include <array>
#include <cassert>

#include "diagnose/catalogue/calls.h"
#include "diagnose/catalogue/connecting.h"
#include "diagnose/catalogue/hops.h"
#include "diagnose/catalogue/limits.h"

namespace testigo::diagnose {
namespace {

constexpr std::size_t kCauseCount = 37;

template <std::size_t... Sizes>
constexpr auto joined(const std::array<CauseInfo, Sizes>&... parts) {
  std::array<CauseInfo, (Sizes + ...)> all;
  auto next = all.begin();
  ((next = std::ranges::copy(parts, next).out), ...);
  return all;
}

constexpr auto kCatalogue = joined(kConnectingCauses, kHopsCauses, kLimitsCauses, kCallsCauses);
static_assert(kCatalogue.size() == kCauseCount);

}  // namespace

std::span<const CauseInfo> catalogue() { return kCatalogue; }

const CauseInfo& cause_info(std::string_view id) {
  const auto found = std::ranges::find(kCatalogue, id, &CauseInfo::id);
  assert(found != kCatalogue.end());
  return *found;
}

}  // namespace testigo::diagnose
