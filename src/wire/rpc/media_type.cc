#include "wire/rpc/media_type.h"

#include <algorithm>

namespace testigo::rpc {
namespace {

constexpr std::string_view kGrpc = "application/grpc";

constexpr char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

}  // namespace

bool equals_in_any_case(std::string_view text, std::string_view small) { return std::ranges::equal(text, small, {}, lower); }

bool begins_in_any_case(std::string_view text, std::string_view small) {
  return equals_in_any_case(text.substr(0, small.size()), small);
}

bool names_grpc(std::string_view content_type) {
  if (!begins_in_any_case(content_type, kGrpc)) return false;
  std::string_view rest = content_type.substr(kGrpc.size());
  if (rest.empty() || rest.front() == '+') return true;
  rest.remove_prefix(std::min(rest.find_first_not_of(" \t"), rest.size()));
  return rest.starts_with(';');
}

bool names_grpc_web(std::string_view content_type) { return begins_in_any_case(content_type, "application/grpc-web"); }

}  // namespace testigo::rpc
