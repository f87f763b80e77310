// docs/checks.md, which is made of the catalogue: `testigo explain --markdown`.
#pragma once

#include <string>

namespace testigo::report {

std::string checks_markdown();

}  // namespace testigo::report
