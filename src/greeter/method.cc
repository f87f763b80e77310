#include "greeter/method.h"

namespace testigo::greeter {

using statement::Kind;

std::string method_of(Kind kind) {
  const char* name = kind == Kind::Unary          ? "Greet"
                     : kind == Kind::ServerStream ? "GreetMany"
                     : kind == Kind::ClientStream ? "GreetAll"
                                                  : "Converse";
  return std::string("/testigo.greeter.v1.Greeter/") + name;
}

std::optional<Kind> parse_kind_or_method(std::string_view text) {
  if (text == "greet") return Kind::Unary;
  if (text == "greet-many") return Kind::ServerStream;
  if (text == "greet-all") return Kind::ClientStream;
  if (text == "converse") return Kind::Bidi;
  return statement::parse_kind(text);
}

}  // namespace testigo::greeter
