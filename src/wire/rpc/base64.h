// The encoding of -bin values (gRPC over HTTP2, Binary-Header; RFC 4648 section 4).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace testigo::rpc {

enum class Base64 : std::uint8_t { Unpadded, Padded, None };

// What one value is; an empty one is unpadded. Bits that a decoder throws away may be anything (RFC 4648 section 3.5).
Base64 base64(std::string_view text);

// Padded or not; nothing when it is none.
std::optional<std::string> decode_base64(std::string_view text);

}  // namespace testigo::rpc
