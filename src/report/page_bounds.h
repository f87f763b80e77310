// How much of a run its page holds, and what goes where a file would be too large: never the verdict.
#pragma once

#include <cstddef>
#include <optional>

#include <nlohmann/json_fwd.hpp>

#include "report/page_names.h"

namespace testigo::report {

struct PageBounds {
  std::size_t calls = std::size_t{1} << 20;
  std::size_t details = 500;           // calls down to their octets: those with findings, differences or of broken claims
  std::size_t details_of_others = 50;  // and so many others
  std::size_t findings = 5000;         // the first; and of each check some (FindingShare)
  std::size_t name_octets = PageNames::kTextBytesMax;  // of each name of a client, server, process or method
  std::optional<std::size_t> report_items = {};        // of each list of the report; nothing: all
  friend bool operator==(const PageBounds&, const PageBounds&) = default;
};

// Octets that the parts of a document take in a file.
struct PageSizes {
  std::size_t names = 0, calls = 0, details = 0, findings = 0, report = 0;
};
PageSizes sizes_of(const nlohmann::ordered_json& document);

// Lowers one of the bounds where `calls` calls were kept and the file has `too_many` octets more than the `room` there is for its
// document; false when nothing more can go. First goes what takes more room than is its own. Then details, for calls without them
// are more to a reader than details without calls; and calls, where that can help.
bool lower(PageBounds& bounds, const PageSizes& sizes, std::size_t calls, std::size_t room, std::size_t too_many);

}  // namespace testigo::report
