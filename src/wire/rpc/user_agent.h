// What a user-agent says (gRPC over HTTP2, User Agents).
#pragma once

#include <string_view>

namespace testigo::rpc {

// "grpc-" language, perhaps a variant, "/" version: applications put their own in front.
bool names_grpc_library(std::string_view user_agent);

}  // namespace testigo::rpc
