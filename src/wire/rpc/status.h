// gRPC status codes (grpc/doc/statuscodes.md).
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace testigo::rpc {

constexpr int kOk = 0;
constexpr int kCancelled = 1;
constexpr int kUnknown = 2;
constexpr int kDeadlineExceeded = 4;
constexpr int kPermissionDenied = 7;
constexpr int kResourceExhausted = 8;
constexpr int kUnimplemented = 12;
constexpr int kInternal = 13;
constexpr int kUnavailable = 14;
constexpr int kUnauthenticated = 16;
constexpr int kStatusMax = 16;

// "DEADLINE_EXCEEDED"; "17" for numbers that no document names.
std::string status_name(int code);

// The value of grpc-status: 1*DIGIT (grpc/doc/PROTOCOL-HTTP2.md, Status), without leading zeros, at most 9 digits.
std::optional<int> parse_status(std::string_view text);

}  // namespace testigo::rpc
