// Names of numbers of TLS, as IANA's registries have them.
#pragma once

#include <cstdint>
#include <string>

namespace testigo::tls {

// "TLS 1.3"; "0x7f1c" where there is no name.
std::string version_name(std::uint16_t version);

// "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"; "0x002f" for one that is not among those in use with HTTP/2.
std::string suite_name(std::uint16_t suite);

// "no_application_protocol"; "255" where there is no name.
std::string alert_name(std::uint8_t description);

constexpr std::uint8_t kNoApplicationProtocol = 120;  // RFC 7301 section 3.2

}  // namespace testigo::tls
