#include "run/watch_lock.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "base/environment_error.h"
#include "base/inert.h"
#include "run/file_lock.h"

namespace testigo::run {
namespace {

// Its octets say that the holder of the lock listens. It stays when the process ends: who removed it might remove another's.
std::filesystem::path lock_file(const std::filesystem::path& folder) { return folder / "watch.lock"; }

}  // namespace

WatchLock::WatchLock(const std::filesystem::path& folder)
    : descriptor_(::open(lock_file(folder).c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600)) {
  if (descriptor_ < 0) {
    throw EnvironmentError(
        fmt::format("cannot write into {}: {}; choose another folder", inert(folder.string()), std::strerror(errno)));
  }
  if (!take_lock(descriptor_)) {
    ::close(descriptor_);
    throw EnvironmentError(fmt::format("another watch writes into {}; choose another folder", inert(folder.string())));
  }
  [[maybe_unused]] const int kept = ::ftruncate(descriptor_, 0);
}

WatchLock::~WatchLock() { ::close(descriptor_); }

void WatchLock::listening() { [[maybe_unused]] const ssize_t written = ::write(descriptor_, "listening\n", 10); }

bool is_listening(const std::filesystem::path& folder) {
  const int descriptor = open_to_ask(lock_file(folder));
  if (descriptor < 0) return false;
  struct stat status {};
  const bool held = is_locked(descriptor);
  const bool said = ::fstat(descriptor, &status) == 0 && status.st_size != 0;
  ::close(descriptor);
  return held && said;
}

}  // namespace testigo::run
