// Which calls are kept where not all can be.
#pragma once

#include <cstddef>
#include <vector>

#include "report/page_columns.h"

namespace testigo::report {

// What is to be seen first: a finding of grade error or warning is about it, something of it breaks a claim, or it failed.
bool is_remarkable(const PageCall& call);

// Keeps at most so many, in their order: remarkable ones first, and what is spread evenly of the others.
void thin(std::vector<PageCall>& calls, std::size_t kept_max);

}  // namespace testigo::report
