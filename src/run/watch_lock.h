// One watch at a time writes into a folder that it was given, and others can tell that it listens.
#pragma once

#include <filesystem>

namespace testigo::run {

class WatchLock {
 public:
  // Throws EnvironmentError when another watch holds the folder.
  explicit WatchLock(const std::filesystem::path& folder);
  WatchLock(const WatchLock&) = delete;
  WatchLock& operator=(const WatchLock&) = delete;
  ~WatchLock();

  // From now on, until the process ends, `is_listening` says so.
  void listening();

 private:
  int descriptor_;
};

bool is_listening(const std::filesystem::path& folder);

}  // namespace testigo::run
