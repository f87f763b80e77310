// `testigo watch FILE...`: reads captures, prints a line a call, and gives the verdict at their end.
#pragma once

#include <filesystem>
#include <optional>
#include <vector>

#include "run/shown.h"

namespace testigo::run {

struct ReadOptions {
  std::vector<std::filesystem::path> files;       // one capture, in this order; "-" is the standard input
  std::vector<std::filesystem::path> other_side;  // of a hop, one capture too; empty: the files are not compared with anything
  Shown shown;
  // The connections that carry a call that is shown go into this capture, whole; with message bodies or without.
  std::optional<std::filesystem::path> keep;
  bool payloads = false;
  std::size_t workers = 0;  // threads that follow connections; 0: as many as there are cores. What is told is the same
};

// Reads to the end, or until a signal asks it to stop. Returns the exit code. Throws EnvironmentError when a file cannot be read or
// is no capture, or the copy cannot be written, and UsageError when captures that can be read once only are to be copied.
int run_read(const ReadOptions& options);

}  // namespace testigo::run
