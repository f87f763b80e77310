// What the texts of header fields are, told once, when they are decoded: most fields are references to what was decoded before.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string_view>

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
  ContentType,
  GrpcMessage,
  GrpcStatus,
  GrpcTimeout,
  Host,
  Te,
  ConnectionSpecific,  // one of the five of RFC 9113 section 8.2.2
};

constexpr FieldName field_name(std::string_view name) {
  using enum FieldName;
  switch (name.size()) {
    case 2:
      return name == "te" ? Te : Other;
    case 4:
      return name == "host" ? Host : Other;
    case 5:
      return name == ":path" ? Path : Other;
    case 7:
      if (name == ":method") return Method;
      if (name == ":scheme") return Scheme;
      if (name == ":status") return Status;
      return name == "upgrade" ? ConnectionSpecific : Other;
    case 9:
      return name == ":protocol" ? Protocol : Other;
    case 10:
      if (name == ":authority") return Authority;
      return name == "connection" || name == "keep-alive" ? ConnectionSpecific : Other;
    case 11:
      return name == "grpc-status" ? GrpcStatus : Other;
    case 12:
      if (name == "content-type") return ContentType;
      if (name == "grpc-message") return GrpcMessage;
      return name == "grpc-timeout" ? GrpcTimeout : Other;
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

// The same section: no NUL, CR or LF.
constexpr bool is_valid_value(std::string_view value) {
  return std::ranges::all_of(value, [](char c) { return c != '\0' && c != '\r' && c != '\n'; });
}

constexpr bool has_edge_space(std::string_view value) {
  const auto space = [](char c) { return c == ' ' || c == '\t'; };
  return !value.empty() && (space(value.front()) || space(value.back()));
}

// Nothing about its octets is remarkable.
constexpr bool is_plain_value(std::string_view value) { return is_valid_value(value) && !has_edge_space(value); }

}  // namespace testigo::http2
