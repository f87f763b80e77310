#include "report/entry.h"

#include <algorithm>
#include <cctype>
#include <utility>

#include "base/edit_distance.h"

namespace testigo::report {
namespace {

constexpr std::size_t kNearestMax = 3;
constexpr std::size_t kDistanceMax = 2;
constexpr std::size_t kNameBytesMax = 32;  // a name that is longer is like none
constexpr std::string_view kClaim = "claim ";

std::string lower(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return out;
}

// "claim 3" and "3" are the same.
std::string plain(std::string_view name) {
  std::string text = lower(name);
  if (text.starts_with(kClaim)) text.erase(0, kClaim.size());
  return text;
}

}  // namespace

std::vector<Entry> all_entries() {
  std::vector<Entry> entries;
  for (const auto& check : check::catalogue()) entries.emplace_back(&check);
  for (const auto& cause : diagnose::catalogue()) entries.emplace_back(&cause);
  for (const auto& claim : verdict::claim_catalogue()) entries.emplace_back(&claim);
  return entries;
}

std::string name_of(const Entry& entry) {
  const std::string id(std::visit([](const auto* info) { return info->id; }, entry));
  return std::holds_alternative<const verdict::ClaimInfo*>(entry) ? std::string(kClaim) + id : id;
}

std::optional<Entry> find_entry(std::string_view name) {
  const std::string wanted = plain(name);
  for (const Entry& entry : all_entries()) {
    if (plain(name_of(entry)) == wanted) return entry;
  }
  return std::nullopt;
}

std::vector<std::string> nearest_names(std::string_view name) {
  if (name.size() > kNameBytesMax) return {};
  const std::string wanted = plain(name);
  std::vector<std::pair<std::size_t, std::string>> near;
  for (const Entry& entry : all_entries()) {
    const std::string there = plain(name_of(entry));
    if (const std::size_t far = edit_distance(wanted, there); far <= kDistanceMax && far < wanted.size()) {
      near.emplace_back(far, name_of(entry));
    }
  }
  std::ranges::stable_sort(near, {}, &std::pair<std::size_t, std::string>::first);
  std::vector<std::string> names;
  for (const auto& [far, text] : near) {
    if (names.size() == kNearestMax) break;
    names.push_back(text);
  }
  return names;
}

}  // namespace testigo::report
