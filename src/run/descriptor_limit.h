// File descriptors: a tap needs two for each connection, a judge one for each file of the evidence.
#pragma once

#include <dirent.h>
#include <sys/resource.h>

#include <cerrno>
#include <cstddef>

namespace testigo::run {

// Takes as many as the system grants us.
inline void raise_descriptor_limit() {
  rlimit limit = {};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

// How many this process may have.
inline std::size_t descriptor_limit() {
  rlimit limit = {};
  return ::getrlimit(RLIMIT_NOFILE, &limit) == 0 ? static_cast<std::size_t>(limit.rlim_cur) : 0;
}

// How many more it may open; where the system does not tell what is open, as many as it may have.
inline std::size_t descriptors_left() {
  DIR* const own = ::opendir("/proc/self/fd");
  if (own == nullptr) return errno == EMFILE ? 0 : descriptor_limit();
  std::size_t open = 0;
  while (::readdir(own) != nullptr) ++open;  // two of them are none, and one is this listing's
  ::closedir(own);
  const std::size_t limit = descriptor_limit();
  return limit - (open < limit ? open : limit);
}

}  // namespace testigo::run
