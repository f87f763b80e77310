// File descriptors: a tap needs two for each connection, a judge one for each file of the evidence.
#pragma once

#include <sys/resource.h>

namespace testigo::run {

// Takes as many as the system grants us.
inline void raise_descriptor_limit() {
  rlimit limit = {};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

}  // namespace testigo::run
