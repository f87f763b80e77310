// How far the reading of files has come, drawn over and over in the last line of a terminal.
#pragma once

#include <cstdint>
#include <cstdio>
#include <string>

#include "base/clock.h"

namespace testigo::run {

// "reading  43 %  1.21 GB of 2.80 GB  640 MB/s  3 s left"
std::string progress_text(std::uint64_t read, std::uint64_t total, Duration elapsed);

class ReadProgress {
 public:
  // Draws on `out` when it is a terminal and `wanted`; else nothing. `clock` must outlive it.
  ReadProgress(std::FILE* out, bool wanted, const Clock& clock);
  ~ReadProgress();  // leaves nothing on the screen

  // At most ten times a second, and nothing of what is read in a moment. `total` 0: it is not known.
  void draw(std::uint64_t read, std::uint64_t total);

 private:
  std::FILE* out_;
  const Clock& clock_;
  bool drawing_;
  bool drawn_ = false;
  Duration begun_;
  Duration last_;
};

}  // namespace testigo::run
