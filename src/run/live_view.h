// What a terminal shows while a run goes on: a line for each client and a progress bar, drawn over again and again.
#pragma once

#include <cstdio>
#include <mutex>
#include <string>
#include <vector>

#include "base/clock.h"
#include "run/statement_tail.h"

namespace testigo::run {

class LiveView {
 public:
  // Draws on `out` when it is a terminal; else nothing.
  explicit LiveView(std::FILE* out);
  ~LiveView() { end(); }

  bool is_seen() const { return terminal_; }
  // Any thread may say a line, which stands above what is drawn next; `out` may be no terminal.
  void say(const std::string& line);
  void draw(const std::vector<std::pair<std::string, StatementTail>>& clients, Duration elapsed, Duration total);
  // Leaves the last drawing on the screen.
  void end();

 private:
  std::FILE* out_;
  bool terminal_;
  std::mutex mutex_;  // of the screen
  int lines_ = 0;     // of the last drawing
};

// The lines of a drawing, each at most `width` columns; for the view and its test.
std::vector<std::string> live_lines(const std::vector<std::pair<std::string, StatementTail>>& clients, Duration elapsed,
                                    Duration total, int width);

}  // namespace testigo::run
