// "OK", "UNAVAILABLE", …: the names of gRPC's status codes, as its specification writes them.
#pragma once

#include <string>

namespace testigo::greeter {

// "17" for a code that the specification does not name.
std::string status_name(int code);

}  // namespace testigo::greeter
