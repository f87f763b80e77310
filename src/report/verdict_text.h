// The verdict block, for people: the same on the terminal and in report.txt.
#pragma once

#include <string>

#include "report/paint.h"
#include "report/run_report.h"

namespace testigo::report {

struct TextOptions {
  Paint paint;
  std::size_t exhibits = 3;  // of each claim; how many more there are is said
  std::size_t in_full = 1;   // of those: with their octets and the tshark command
};

// Ends with a line break.
std::string verdict_text(const RunReport& report, const TextOptions& options);

}  // namespace testigo::report
