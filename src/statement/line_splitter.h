// Octets of any cut → whole lines. Private to this room.
//
// Holds at most one line, of at most `line_bytes_max` octets; a longer one is handed on as overlong, without its octets.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace testigo::statement {

class LineSplitter {
 public:
  // The number counts from 1; `overlong` lines come with an empty text.
  using Sink = std::function<void(std::uint64_t number, std::string_view line, bool overlong)>;

  LineSplitter(std::size_t line_bytes_max, Sink sink) : line_bytes_max_(line_bytes_max), sink_(std::move(sink)) {}

  // What stands behind the last line break waits for the next call; at the end of a file it is not whole and does not count.
  void feed(std::string_view octets);

 private:
  void keep(std::string_view part);

  std::size_t line_bytes_max_;
  Sink sink_;
  std::string line_;
  bool overlong_ = false;
  std::uint64_t number_ = 0;
};

}  // namespace testigo::statement
