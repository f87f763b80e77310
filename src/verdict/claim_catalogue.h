// The catalogue of claims: the eight of `verify`, and the one of `watch` and `tap`.
#pragma once

#include <span>
#include <string_view>

namespace testigo::verdict {

struct ClaimInfo {
  std::string_view id;        // "1" … "8", "traffic"
  std::string_view commands;  // that decide it
  std::string_view sentence;  // as reports quote it
  std::string_view meaning;
  std::string_view witnesses;  // whose word decides it
  std::string_view broken;     // when it is
  std::string_view inconclusive;
};

std::span<const ClaimInfo> claim_catalogue();
std::string_view claim_sentence(int number);  // of the claim of `verify`, 1 to 8
std::string_view traffic_sentence();          // of that of `watch` and `tap`

}  // namespace testigo::verdict
