// One line of a statement file → what it says, or why it says nothing. Private to this room.
//
// No exception leaves it, whatever the line holds; its depth is bounded by the length of the line, which the caller bounds.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "statement/statement.h"

namespace testigo::statement {

struct ParsedLine {
  std::optional<Statement> statement;
  bool is_start = false;        // meant as a start record, whether or not it could be read
  std::string what;             // why there is no statement; empty for a type of line that we do not know
  std::string unknown_version;  // of a start record of another major version
};

ParsedLine parse(std::string_view line);

}  // namespace testigo::statement
