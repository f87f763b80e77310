#include "verdict/unjudged.h"

#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "check/catalogue.h"
#include "check/declared.h"
#include "verdict/wording.h"

namespace testigo::verdict {
namespace {

// Whether a failure of that row is an error: else nothing hangs on what could not be judged of it. What a hop does is another
// matter.
bool may_break(std::string_view id) {
  const auto row = std::ranges::find(check::catalogue(), id, &check::CheckInfo::id);
  return row == check::catalogue().end() || (row->severity == check::Severity::Error && row->role != check::Role::Hop);
}

bool is_undeclared(std::string_view reason) { return reason == check::kNoDescriptors || reason == check::kNoRelation; }

}  // namespace

std::string id_ranges(const std::vector<std::string_view>& ids) {
  const auto follows = [&](std::size_t i) {
    return i + 1 < ids.size() && ids[i].substr(0, 2) == ids[i + 1].substr(0, 2) &&
           std::stoi(std::string(ids[i].substr(2))) + 1 == std::stoi(std::string(ids[i + 1].substr(2)));
  };
  std::string text;
  for (std::size_t first = 0; first < ids.size();) {
    std::size_t last = first;
    while (follows(last)) ++last;
    if (last < first + 2) last = first;
    text += fmt::format("{}{}", text.empty() ? "" : ", ", ids[first]);
    if (last != first) text += fmt::format("–{}", ids[last]);
    first = last + 1;
  }
  return text;
}

check::Unjudged unjudged_in(const check::Counts& counts) {
  check::Unjudged unjudged;
  for (const auto& [id, count] : counts) {
    if (count.not_judgeable != 0) unjudged.emplace(id, count.reason);
  }
  return unjudged;
}

std::vector<std::string> doubts_of(const check::Unjudged& unjudged) {
  std::map<std::string_view, std::vector<std::string_view>> by_reason;
  for (const auto& [id, reason] : unjudged) {
    if (may_break(id) && !is_undeclared(reason)) by_reason[reason].push_back(id);
  }
  std::vector<std::string> doubts;
  doubts.reserve(by_reason.size());
  for (const auto& [reason, ids] : by_reason) {
    doubts.push_back(fmt::format("{} not judgeable ({}): {}", count_text(ids.size(), "check"), reason, id_ranges(ids)));
  }
  return doubts;
}

}  // namespace testigo::verdict
