// What a client offers and what a server chooses, as far as it stands in their hellos in the clear (RFC 8446 section 4.1, RFC 5246
// section 7.4.1). Texts are those of a stranger: bounded, not inert.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/limits.h"

namespace testigo::tls {

constexpr std::uint16_t kTls12 = 0x0303;
constexpr std::uint16_t kTls13 = 0x0304;

struct ClientHello {
  std::vector<std::uint16_t> versions;     // of supported_versions; where there is none, the one of the hello
  std::vector<std::uint16_t> suites;       // of each list the first Limits::tls_offers_kept
  std::vector<std::string> protocols;      // ALPN (RFC 7301); empty: none is offered
  std::optional<std::string> server_name;  // SNI (RFC 6066 section 3)
  friend bool operator==(const ClientHello&, const ClientHello&) = default;

  bool offers(std::string_view protocol) const;
};

struct ServerHello {
  std::uint16_t version = 0;  // of supported_versions; where there is none, the one of the hello
  std::uint16_t suite = 0;
  std::optional<std::string> protocol;  // ALPN; under TLS 1.3 it is encrypted, and never here
  bool retry = false;                   // HelloRetryRequest (RFC 8446 section 4.1.4)
  friend bool operator==(const ServerHello&, const ServerHello&) = default;

  bool hides_protocol() const { return version >= kTls13; }
};

// `body` is the whole message behind its header. Nothing when it is malformed.
std::optional<ClientHello> read_client_hello(Bytes body, const Limits& limits = {});
std::optional<ServerHello> read_server_hello(Bytes body);

}  // namespace testigo::tls
