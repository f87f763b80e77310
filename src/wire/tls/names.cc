#include "wire/tls/names.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "base/bytes.h"

namespace testigo::tls {
namespace {

struct Name {
  std::uint16_t number;
  std::string_view name;
};

constexpr Name kVersions[] = {
    {0x0300, "SSL 3.0"}, {0x0301, "TLS 1.0"}, {0x0302, "TLS 1.1"}, {0x0303, "TLS 1.2"}, {0x0304, "TLS 1.3"}};

// Of TLS 1.3, and those of TLS 1.2 that RFC 9113 appendix A does not prohibit and that are spoken.
constexpr Name kSuites[] = {
    {0x009e, "TLS_DHE_RSA_WITH_AES_128_GCM_SHA256"},
    {0x009f, "TLS_DHE_RSA_WITH_AES_256_GCM_SHA384"},
    {0x1301, "TLS_AES_128_GCM_SHA256"},
    {0x1302, "TLS_AES_256_GCM_SHA384"},
    {0x1303, "TLS_CHACHA20_POLY1305_SHA256"},
    {0x1304, "TLS_AES_128_CCM_SHA256"},
    {0x1305, "TLS_AES_128_CCM_8_SHA256"},
    {0xc02b, "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256"},
    {0xc02c, "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384"},
    {0xc02f, "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"},
    {0xc030, "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384"},
    {0xcca8, "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256"},
    {0xcca9, "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256"},
    {0xccaa, "TLS_DHE_RSA_WITH_CHACHA20_POLY1305_SHA256"},
};

constexpr Name kAlerts[] = {
    {0, "close_notify"},
    {10, "unexpected_message"},
    {20, "bad_record_mac"},
    {22, "record_overflow"},
    {40, "handshake_failure"},
    {42, "bad_certificate"},
    {43, "unsupported_certificate"},
    {44, "certificate_revoked"},
    {45, "certificate_expired"},
    {46, "certificate_unknown"},
    {47, "illegal_parameter"},
    {48, "unknown_ca"},
    {49, "access_denied"},
    {50, "decode_error"},
    {51, "decrypt_error"},
    {70, "protocol_version"},
    {71, "insufficient_security"},
    {80, "internal_error"},
    {86, "inappropriate_fallback"},
    {90, "user_canceled"},
    {100, "no_renegotiation"},
    {109, "missing_extension"},
    {110, "unsupported_extension"},
    {112, "unrecognized_name"},
    {113, "bad_certificate_status_response"},
    {115, "unknown_psk_identity"},
    {116, "certificate_required"},
    {kNoApplicationProtocol, "no_application_protocol"},
};

template <std::size_t Size>
std::string_view name_in(const Name (&names)[Size], std::uint16_t number) {
  const auto* const at = std::ranges::find(names, number, &Name::number);
  return at == std::end(names) ? std::string_view() : at->name;
}

std::string hexadecimal(std::uint16_t number) {
  const std::array octets = {static_cast<std::byte>(number >> 8), static_cast<std::byte>(number & 0xff)};
  return "0x" + to_hex(octets);
}

}  // namespace

std::string version_name(std::uint16_t version) {
  const std::string_view name = name_in(kVersions, version);
  return name.empty() ? hexadecimal(version) : std::string(name);
}

std::string suite_name(std::uint16_t suite) {
  const std::string_view name = name_in(kSuites, suite);
  return name.empty() ? hexadecimal(suite) : std::string(name);
}

std::string alert_name(std::uint8_t description) {
  const std::string_view name = name_in(kAlerts, description);
  return name.empty() ? std::to_string(description) : std::string(name);
}

}  // namespace testigo::tls
