// The captures that are kept in the repository.
#pragma once

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

namespace testigo::run::testing {

const std::filesystem::path kCaptures = TESTIGO_CAPTURES;

inline std::vector<std::filesystem::path> captures_in(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    const std::string name = entry.path().filename().string();
    if (name.starts_with("input.pcapng") || name.starts_with("clean.pcapng")) files.push_back(entry.path());
  }
  std::ranges::sort(files);
  return files;
}

}  // namespace testigo::run::testing
