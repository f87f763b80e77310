// What the other end of a stream is.
#pragma once

#include <poll.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "report/paint.h"

namespace testigo::run {

inline bool is_terminal(std::FILE* stream) { return ::isatty(::fileno(stream)) != 0; }

// A terminal that knows colours and moves its cursor: TERM is not "dumb".
inline bool takes_escapes(std::FILE* stream) {
  const char* term = std::getenv("TERM");
  return is_terminal(stream) && (term == nullptr || std::string_view(term) != "dumb");
}

// Colour for a terminal, unless NO_COLOR is set (no-color.org).
inline report::Paint paint_for(std::FILE* stream) {
  const char* no_color = std::getenv("NO_COLOR");
  return {takes_escapes(stream) && (no_color == nullptr || *no_color == '\0')};
}

// Writes what it can: a reader that has gone, or a full disk, ends no run. (fmt::print would throw.)
inline void put(std::FILE* stream, std::string_view text) { std::fwrite(text.data(), 1, text.size(), stream); }

// Whether nobody reads any more what is written there: a pipe whose other end is closed.
inline bool reader_is_gone(std::FILE* stream) {
  pollfd other = {::fileno(stream), POLLOUT, 0};
  return ::poll(&other, 1, 0) == 1 && (other.revents & (POLLERR | POLLHUP)) != 0;
}

// Columns of the terminal; 80 when it does not say.
inline int columns(std::FILE* stream) {
  winsize size = {};
  return ::ioctl(::fileno(stream), TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

}  // namespace testigo::run
