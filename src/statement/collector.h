// Lines in the order written → the testimony of each process. Private to this room.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "statement/statement_reader.h"

namespace testigo::statement {

class Collector {
 public:
  // The lines that follow stand in this file.
  void begin_file(std::string name);

  // Throws UnknownVersion.
  void line(std::uint64_t number, std::string_view text, bool overlong);

  Reading take() { return std::move(reading_); }

 private:
  void start(Line line);
  void add(Line line);
  void damage(std::uint64_t number, std::string what);

  Reading reading_;
  bool open_ = false;  // the last start record could be read: what follows belongs to it
};

}  // namespace testigo::statement
