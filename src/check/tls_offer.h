// What ALPN says of a TLS connection: whether it is HTTP/2's, and so gRPC's as far as one can know without keys.
#pragma once

#include <string_view>

#include "wire/tls/handshake.h"

namespace testigo::check {

constexpr std::string_view kH2 = "h2";
constexpr std::string_view kH2c = "h2c";           // of cleartext: under TLS a fault
constexpr std::string_view kGrpcExp = "grpc-exp";  // of C-core until 1.60 or so; it means h2 with gRPC

// The client offers HTTP/2, and HTTP/1.1 either not at all or without being taken at that word: who offers both may be any browser.
bool is_of_http2(const tls::Seen& seen);

}  // namespace testigo::check
