#include "base/rotated_files.h"

#include <string>
#include <system_error>

namespace testigo {
namespace {

std::filesystem::path with_ending(std::filesystem::path file, const std::string& ending) {
  file += ending;
  return file;
}

}  // namespace

std::filesystem::path rotated(const std::filesystem::path& file, int age) {
  return age == 0 ? file : with_ending(file, '.' + std::to_string(age));
}

std::filesystem::path next_file(const std::filesystem::path& file) { return with_ending(file, ".next"); }

int oldest_age(const std::filesystem::path& file) {
  std::error_code error;
  int oldest = 0;
  while (oldest < kRotatedFilesMax && std::filesystem::exists(rotated(file, oldest + 1), error)) ++oldest;
  return oldest;
}

bool grow_older(const std::filesystem::path& file, int kept) {
  std::error_code error;
  int oldest = oldest_age(file);
  for (; oldest > 0 && oldest >= kept; --oldest) std::filesystem::remove(rotated(file, oldest), error);
  for (int age = oldest; age >= 0; --age) {
    std::filesystem::rename(rotated(file, age), rotated(file, age + 1), error);
    if (error) return false;
  }
  return true;
}

}  // namespace testigo
