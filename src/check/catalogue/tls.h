// TL: TLS (RFC 9113 section 9.2).
#pragma once

#include <array>

#include "check/catalogue.h"
#include "check/catalogue/awaits.h"

namespace testigo::check {

constexpr std::array<CheckInfo, 3> kTlsRows = {{
    {.id = "TL01",
     .severity = Severity::Error,
     .role = Role::Either,
     .title = "ALPN negotiates h2",
     .expected =
         "Client and server agree on \"h2\" by ALPN. \"h2c\" is for cleartext: no client offers it and no server chooses "
         "it. \"grpc-exp\", which old C-core prefers, is a remark. TLS 1.3 hides what the server chooses: there the offer alone "
         "is judged, and a refusal (the alert no_application_protocol).",
     .clause = "RFC 9113 3.1, 3.2, 3.3; interop: TLS with ALPN",
     .example = "a ServerHello of TLS 1.2 without ALPN",
     .filter = "tls.handshake.extensions_alpn_str || tls.handshake.type == 2",
     .fix = "Let the server or load balancer offer h2 (F05).",
     .reading = "TL rows judge every connection through a tap; what a listener hears, where the client offers h2, grpc-exp or h2c, "
                "and where it offers http/1.1 as well only if the server is seen to choose one of them"},
    {.id = "TL02",
     .severity = Severity::Error,
     .role = Role::Either,
     .title = "TLS is at least 1.2, without renegotiation",
     .expected = "The version is 1.2 or higher, and nothing is renegotiated behind the connection preface. A cipher suite that "
                 "appendix A prohibits for TLS 1.2 is a warning. A client that names no server (SNI) is a remark, for it must only "
                 "where it knows the server by a domain name, and that the wire does not show.",
     .clause = "RFC 9113 9.2, 9.2.1, 9.2.2",
     .example = "TLS 1.1",
     .filter = "tls.handshake.type == 1 || tls.handshake.type == 2 || tls.alert_message",
     .fix = "Switch old versions, old suites and renegotiation off on both sides.",
     .reading = "under TLS 1.2 a handshake record behind application data of the same direction is a renegotiation; what TLS 1.3 "
                "has instead (KeyUpdate, tickets) is permitted, and looks like data"},
    {.id = "TL03",
     .severity = Severity::Error,
     .role = Role::Server,
     .title = "no certificate is asked for after the handshake",
     .expected = "A server asks for the client's certificate during the handshake of TLS 1.3, never later: HTTP/2 cannot tell "
                 "which call it would be for.",
     .clause = "RFC 9113 9.2.3",
     .example = "CertificateRequest after the first call",
     .filter = "tls.handshake.type == 13",
     .fix = "Demand the client certificate for the whole port, or use a port of its own for it.",
     .awaits = awaits::kTlsKeys},
}};

}  // namespace testigo::check
