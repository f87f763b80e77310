// What a content-type says, by the grammars that gRPC over HTTP2 stands on.
#pragma once

#include <string_view>

namespace testigo::rpc {

// Strings of ABNF are "case insensitive" (RFC 5234 section 2.3), so are media types (RFC 9110 section 8.3.1). `small` has no
// capitals.
bool equals_in_any_case(std::string_view text, std::string_view small);
bool begins_in_any_case(std::string_view text, std::string_view small);

// "application/grpc", "+" subtype or not, parameters or not; spaces may stand before ";" (RFC 9110 section 5.6.6).
bool names_grpc(std::string_view content_type);
// It shares the prefix, and puts trailers in DATA.
bool names_grpc_web(std::string_view content_type);

}  // namespace testigo::rpc
