// What the heap does with memory that is given back to it.
#pragma once

#include <malloc.h>

namespace testigo::run {

// Frames of megabytes come and go, each in memory of its own: the heap keeps some for the next one, and the system need not clear
// it each time.
inline void keep_freed_memory() {
#ifdef __GLIBC__
  constexpr int kKeptBytes = 64 << 20, kMappedBytesMin = 32 << 20;
  ::mallopt(M_TRIM_THRESHOLD, kKeptBytes);
  ::mallopt(M_MMAP_THRESHOLD, kMappedBytesMin);
#endif
}

}  // namespace testigo::run
