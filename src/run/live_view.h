// What a terminal shows while a run goes on: a line for each client and a progress bar, drawn over again and again.
#pragma once

#include <cstdio>
#include <string>
#include <vector>

#include "base/clock.h"
#include "run/statement_tail.h"

namespace testigo::run {

class LiveView {
 public:
  // Draws on `out` when it is a terminal; else nothing.
  explicit LiveView(std::FILE* out);
  ~LiveView();  // leaves the last drawing on the screen

  void draw(const std::vector<std::pair<std::string, StatementTail>>& clients, Duration elapsed, Duration total);

 private:
  std::FILE* out_;
  bool terminal_;
  int lines_ = 0;  // of the last drawing
};

// The lines of a drawing, each at most `width` columns; for the view and its test.
std::vector<std::string> live_lines(const std::vector<std::pair<std::string, StatementTail>>& clients, Duration elapsed,
                                    Duration total, int width);

}  // namespace testigo::run
