// What the texts of header fields are, told once, when they are decoded: most fields are references to what was decoded before.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <type_traits>

#include "base/bytes.h"

namespace testigo::http2 {

// The names that are asked for again and again.
enum class FieldName : std::uint8_t {
  Other,
  Authority,
  Method,
  Path,
  Protocol,
  Scheme,
  Status,
  ContentLength,
  ContentType,
  GrpcAcceptEncoding,
  GrpcEncoding,
  GrpcMessage,
  GrpcPreviousRpcAttempts,
  GrpcRetryPushbackMs,
  GrpcStatus,
  GrpcStatusDetailsBin,
  GrpcTimeout,
  OfGrpc,  // any other that begins with "grpc-"
  Binary,  // any other that ends with "-bin"
  Host,
  Secret,  // authorization, cookie
  Te,
  UserAgent,
  ConnectionSpecific,  // one of the five of RFC 9113 section 8.2.2
};

// A set of names, one bit each.
using FieldNames = std::uint32_t;
constexpr FieldNames bit(FieldName name) { return FieldNames{1} << static_cast<unsigned>(name); }

constexpr FieldName grpc_field_name(std::string_view name) {
  using enum FieldName;
  switch (name.size()) {
    case 11:
      return name == "grpc-status" ? GrpcStatus : OfGrpc;
    case 12:
      if (name == "grpc-message") return GrpcMessage;
      return name == "grpc-timeout" ? GrpcTimeout : OfGrpc;
    case 13:
      return name == "grpc-encoding" ? GrpcEncoding : OfGrpc;
    case 20:
      return name == "grpc-accept-encoding" ? GrpcAcceptEncoding : OfGrpc;
    case 22:
      return name == "grpc-retry-pushback-ms" ? GrpcRetryPushbackMs : OfGrpc;
    case 23:
      return name == "grpc-status-details-bin" ? GrpcStatusDetailsBin : OfGrpc;
    case 26:
      return name == "grpc-previous-rpc-attempts" ? GrpcPreviousRpcAttempts : OfGrpc;
    default:
      return OfGrpc;
  }
}

constexpr FieldName field_name(std::string_view name) {
  using enum FieldName;
  if (name.starts_with("grpc-")) return grpc_field_name(name);
  if (name.ends_with("-bin")) return Binary;
  switch (name.size()) {
    case 2:
      return name == "te" ? Te : Other;
    case 4:
      return name == "host" ? Host : Other;
    case 5:
      return name == ":path" ? Path : Other;
    case 6:
      return name == "cookie" ? Secret : Other;
    case 7:
      if (name == ":method") return Method;
      if (name == ":scheme") return Scheme;
      if (name == ":status") return Status;
      return name == "upgrade" ? ConnectionSpecific : Other;
    case 9:
      return name == ":protocol" ? Protocol : Other;
    case 10:
      if (name == ":authority") return Authority;
      if (name == "user-agent") return UserAgent;
      return name == "connection" || name == "keep-alive" ? ConnectionSpecific : Other;
    case 12:
      return name == "content-type" ? ContentType : Other;
    case 13:
      return name == "authorization" ? Secret : Other;
    case 14:
      return name == "content-length" ? ContentLength : Other;
    case 16:
      return name == "proxy-connection" ? ConnectionSpecific : Other;
    case 17:
      return name == "transfer-encoding" ? ConnectionSpecific : Other;
    default:
      return Other;
  }
}

// RFC 9113 section 8.2.1: no upper case, no white space, no control, no colon but the first octet of a pseudo-header.
constexpr bool is_valid_name(std::string_view name) {
  if (name.starts_with(':')) name.remove_prefix(1);
  return !name.empty() &&
         std::ranges::all_of(name, [](unsigned char c) { return c > 0x20 && c < 0x7f && !(c >= 'A' && c <= 'Z') && c != ':'; });
}

// gRPC over HTTP2, Header-Name: 0-9 a-z _ - and the dot.
constexpr bool is_metadata_name(std::string_view name) {
  return !name.empty() && std::ranges::all_of(name, [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || c == '_' || c == '-' || c == '.';
  });
}

// What an octet of a value is.
constexpr std::uint8_t kForbidden = 1;  // RFC 9113 section 8.2.1: NUL, CR, LF
constexpr std::uint8_t kNotAscii = 2;   // gRPC over HTTP2, ASCII-Value: outside of 0x20-0x7e
constexpr auto kValueOctets = [] {
  std::array<std::uint8_t, 256> octets{};
  for (unsigned c = 0; c < octets.size(); ++c) octets[c] = c < 0x20 || c > 0x7e ? kNotAscii : 0;
  for (const unsigned c : {0x00U, 0x0aU, 0x0dU}) octets[c] |= kForbidden;
  return octets;
}();

// Whether all octets are 0x20-0x7e, which nearly all values are, eight at a time.
inline bool all_printable(std::string_view value) {
  constexpr std::uint64_t kOnes = 0x0101'0101'0101'0101;
  // An octet below 0x20 borrows, one above 0x7e reaches the top bit or has it: of the lowest that is so this is certain.
  const auto odd = [](std::uint64_t octets) { return ((octets - 0x20 * kOnes) | (octets + kOnes) | octets) & 0x80 * kOnes; };
  const std::byte* const at = as_octets(value).data();
  const std::size_t size = value.size();
  std::uint64_t all = 0;
  if (size >= 8) {
    for (std::size_t i = 0; i + 8 < size; i += 8) all |= odd(load_as_is<std::uint64_t>(at + i));
    all |= odd(load_as_is<std::uint64_t>(at + size - 8));
  } else if (size >= 4) {
    all = odd(load_as_is<std::uint32_t>(at) | std::uint64_t{load_as_is<std::uint32_t>(at + size - 4)} << 32);
  } else {
    for (const unsigned char c : value) all |= kValueOctets[c];
  }
  return all == 0;
}

// All that its octets are.
constexpr std::uint8_t value_octets(std::string_view value) {
  if (!std::is_constant_evaluated() && all_printable(value)) return 0;
  std::uint8_t all = 0;
  for (const unsigned char c : value) all |= kValueOctets[c];
  return all;
}

// Copies a text to where there is room for it. Returns where the next one goes.
inline char* put_text(std::string_view text, char* to) {
  if (!text.empty()) std::memcpy(to, text.data(), text.size());
  return to + text.size();
}

constexpr bool is_valid_value(std::string_view value) { return (value_octets(value) & kForbidden) == 0; }

constexpr bool has_edge_space(std::string_view value) {
  const auto space = [](char c) { return c == ' ' || c == '\t'; };
  return !value.empty() && (space(value.front()) || space(value.back()));
}

// The value without the white space that RFC 9110 5.6.3 allows around it.
constexpr std::string_view without_edge_space(std::string_view value) {
  while (!value.empty() && (value.front() == ' ' || value.front() == '\t')) value.remove_prefix(1);
  while (!value.empty() && (value.back() == ' ' || value.back() == '\t')) value.remove_suffix(1);
  return value;
}

}  // namespace testigo::http2
