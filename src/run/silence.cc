#include "run/silence.h"

#include <algorithm>
#include <chrono>

#include "run/run_lock.h"
#include "run/watch_lock.h"

namespace testigo::run {
namespace {

// When somebody last wrote to it, be it that they made it.
std::filesystem::file_time_type last_written(const EvidenceFolder& folder) {
  std::filesystem::file_time_type last = std::filesystem::file_time_type::min();
  std::error_code error;
  const auto look = [&](const std::filesystem::path& path) {
    const auto time = std::filesystem::last_write_time(path, error);
    if (!error) last = std::max(last, time);
  };
  look(folder.path());
  look(folder.capture());
  for (const std::filesystem::path& path : folder.statement_files()) look(path);
  return last;
}

bool somebody_is_there(const EvidenceFolder& folder) {
  return run_process(folder) == RunProcess::There || is_listening(folder.path());
}

}  // namespace

Silence::Silence(const EvidenceFolder& folder, const Clock& clock)
    : folder_(folder), clock_(clock), came_(clock.monotonic()), written_(last_written(folder)) {
  const auto now = std::chrono::file_clock::from_sys(clock.now());
  const bool old = written_ != std::filesystem::file_time_type::min() && now - written_ > kLongEnough;
  silent_ = decided_ = old && !somebody_is_there(folder);
}

bool Silence::look() {
  if (!decided_ && clock_.monotonic() - came_ > kLongEnough) {
    decided_ = true;
    silent_ = last_written(folder_) == written_ && !somebody_is_there(folder_);
  }
  return silent_;
}

}  // namespace testigo::run
