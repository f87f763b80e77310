#include "report/page_bounds.h"

#include <algorithm>
#include <functional>
#include <initializer_list>
#include <vector>

#include <nlohmann/json.hpp>

#include "report/page.h"

namespace testigo::report {
namespace {

constexpr std::size_t kDetailsLeast = 8;                 // before calls go
constexpr std::size_t kNameOctetsLeast = 16;             // of a name, where they are cut
constexpr std::size_t kOwnLeast = std::size_t{1} << 20;  // octets that details, findings and the report may take before others go
constexpr std::size_t kReportItemsMost = 256;            // of a list of the report, where they are cut

bool shorter_names(PageBounds& bounds) {
  if (bounds.name_octets <= kNameOctetsLeast) return false;
  bounds.name_octets /= 4;
  return true;
}

bool fewer_calls(PageBounds& bounds, std::size_t calls) {
  if (calls == 0) return false;
  bounds.calls = calls / 2;
  return true;
}

bool fewer_details(PageBounds& bounds) {
  if (bounds.details == 0 && bounds.details_of_others == 0) return false;
  bounds.details /= 4;
  bounds.details_of_others /= 4;
  return true;
}

bool fewer_findings(PageBounds& bounds) {
  if (bounds.findings == 0) return false;
  bounds.findings /= 4;
  return true;
}

bool fewer_items(PageBounds& bounds) {
  if (bounds.report_items == 0U) return false;
  bounds.report_items = bounds.report_items ? *bounds.report_items / 4 : kReportItemsMost;
  return true;
}

}  // namespace

PageSizes sizes_of(const nlohmann::ordered_json& document) {
  const auto size = [&](std::initializer_list<const char*> members) {
    std::size_t octets = 0;
    for (const char* member : members) octets += page_text(document.at(member)).size();
    return octets;
  };
  return {.names = size({"clients", "servers", "processes", "methods"}),
          .calls = size({"calls"}),
          .details = size({"details"}),
          .findings = size({"findings"}),
          .report = size({"report"})};
}

bool lower(PageBounds& bounds, const PageSizes& sizes, std::size_t calls, std::size_t room, std::size_t too_many) {
  struct Part {
    std::size_t size, own;  // octets
    std::function<bool()> less;
  };
  const std::size_t half = std::max(room / 2, kOwnLeast);
  const Part names{sizes.names, room / 8, [&] { return shorter_names(bounds); }};
  const Part of_calls{sizes.calls, room, [&] { return fewer_calls(bounds, calls); }};
  const Part details{sizes.details, half, [&] { return fewer_details(bounds); }};
  const Part findings{sizes.findings, half, [&] { return fewer_findings(bounds); }};
  const Part of_report{sizes.report, half, [&] { return fewer_items(bounds); }};
  for (const Part* part : {&names, &findings, &of_report, &details}) {
    if (part->size > part->own && part->less()) return true;
  }
  if (bounds.details > kDetailsLeast && 2 * sizes.details > too_many) return details.less();
  if (calls > 1 && sizes.calls + sizes.names > too_many) return of_calls.less();
  std::vector<const Part*> parts = {&names, &of_calls, &details, &findings, &of_report};
  std::ranges::sort(parts, std::ranges::greater(), &Part::size);
  return std::ranges::any_of(parts, [](const Part* part) { return part->less(); });
}

}  // namespace testigo::report
