#include "capture/rotation.h"

#include <algorithm>
#include <string>
#include <system_error>

namespace testigo::capture {
namespace {

constexpr int kOldFilesMax = 100'000;

std::filesystem::path with_ending(std::filesystem::path file, const std::string& ending) {
  file += ending;
  return file;
}

// 0 is the file itself.
std::filesystem::path of_age(const std::filesystem::path& file, int age) {
  return age == 0 ? file : with_ending(file, '.' + std::to_string(age));
}

int oldest_of(const std::filesystem::path& file) {
  std::error_code error;
  int oldest = 0;
  while (oldest < kOldFilesMax && std::filesystem::exists(of_age(file, oldest + 1), error)) ++oldest;
  return oldest;
}

}  // namespace

std::vector<std::filesystem::path> capture_files(const std::filesystem::path& file) {
  std::vector<std::filesystem::path> files;
  for (int age = oldest_of(file); age > 0; --age) files.push_back(of_age(file, age));
  std::error_code error;
  if (files.empty() || std::filesystem::exists(file, error)) files.push_back(file);
  return files;
}

std::filesystem::path next_capture(const std::filesystem::path& file) { return with_ending(file, ".next"); }

bool grow_older(const std::filesystem::path& file, int files_max) {
  std::error_code error;
  int oldest = oldest_of(file);
  for (; files_max > 0 && oldest >= files_max; --oldest) std::filesystem::remove(of_age(file, oldest), error);
  for (int age = oldest; age >= 0; --age) {
    std::filesystem::rename(of_age(file, age), of_age(file, age + 1), error);
    if (error) return false;
  }
  return true;
}

}  // namespace testigo::capture
