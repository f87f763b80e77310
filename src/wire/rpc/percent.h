// The percent-encoding of grpc-message (grpc/doc/PROTOCOL-HTTP2.md, Percent-Encoded).
#pragma once

#include <string>
#include <string_view>

namespace testigo::rpc {

// Decodes "%41" to "A". What is no escape stays as it is: "implementations must not fail" on it.
std::string percent_decode(std::string_view text);

}  // namespace testigo::rpc
