// What `testigo explain` says: for people, and as JSON lines (docs/formats/explanation.md). All texts are our own.
#pragma once

#include <string>

#include "report/entry.h"
#include "report/paint.h"

namespace testigo::report {

std::string entry_list(const Paint& paint);                            // a line each, in groups
std::string explanation_text(const Entry& entry, const Paint& paint);  // ends with a line break
std::string explanation_json(const Entry& entry);                      // one line, without a line break

}  // namespace testigo::report
