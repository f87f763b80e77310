// Whatever has an id that a report shows: a check, a cause or a claim. Entries point into the catalogues, which live for ever.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "check/catalogue.h"
#include "diagnose/catalogue.h"
#include "verdict/claim_catalogue.h"

namespace testigo::report {

using Entry = std::variant<const check::CheckInfo*, const diagnose::CauseInfo*, const verdict::ClaimInfo*>;

std::vector<Entry> all_entries();  // checks, causes, claims

std::string name_of(const Entry& entry);  // "RQ04", "F12", "claim 3"

// In capitals or not; of a claim with the word or without it.
std::optional<Entry> find_entry(std::string_view name);

// The names that are most like one that is not there: at most three.
std::vector<std::string> nearest_names(std::string_view name);

}  // namespace testigo::report
