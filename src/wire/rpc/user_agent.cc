#include "wire/rpc/user_agent.h"

#include <cctype>

namespace testigo::rpc {

bool names_grpc_library(std::string_view user_agent) {
  const auto is_alnum = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0; };
  for (auto at = user_agent.find("grpc-"); at != std::string_view::npos; at = user_agent.find("grpc-", at + 1)) {
    const std::string_view rest = user_agent.substr(at + 5);
    const auto slash = rest.find('/');
    if ((at == 0 || user_agent[at - 1] == ' ') && slash != std::string_view::npos && slash > 0 && slash + 1 < rest.size() &&
        rest.substr(0, slash).find(' ') == std::string_view::npos && is_alnum(rest[slash + 1])) {
      return true;
    }
  }
  return false;
}

}  // namespace testigo::rpc
