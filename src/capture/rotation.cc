#include "capture/rotation.h"

#include <limits>
#include <system_error>

#include "base/rotated_files.h"

namespace testigo::capture {

std::vector<std::filesystem::path> capture_files(const std::filesystem::path& file) {
  std::vector<std::filesystem::path> files;
  for (int age = oldest_age(file); age > 0; --age) files.push_back(rotated(file, age));
  std::error_code error;
  if (files.empty() || std::filesystem::exists(file, error)) files.push_back(file);
  return files;
}

std::filesystem::path next_capture(const std::filesystem::path& file) { return next_file(file); }

bool grow_older(const std::filesystem::path& file, int files_max) {
  return testigo::grow_older(file, files_max == 0 ? std::numeric_limits<int>::max() : files_max);
}

}  // namespace testigo::capture
