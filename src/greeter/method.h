// The methods of the service by kind of call.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "statement/statement.h"

namespace testigo::greeter {

// "/testigo.greeter.v1.Greeter/Greet"
std::string method_of(statement::Kind kind);

// "unary", "server-stream", … as well as "greet", "greet-many", "greet-all", "converse".
std::optional<statement::Kind> parse_kind_or_method(std::string_view text);

}  // namespace testigo::greeter
