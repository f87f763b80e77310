// Ids that do not meet again: of a process, of a run.
#pragma once

#include <string>

namespace testigo {

// 16 hexadecimal digits from the system's source of randomness.
std::string random_id();

}  // namespace testigo
