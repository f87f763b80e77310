// F01 to F07: no connection comes about.
#pragma once

#include <array>

#include "check/catalogue/awaits.h"
#include "diagnose/catalogue.h"

namespace testigo::diagnose {

constexpr std::array<CauseInfo, 7> kConnectingCauses = {{
    {.id = "F01",
     .common = true,
     .title = "nothing listens there",
     .symptom = "\"connection refused\", \"no route to host\", \"name not found\", UNAVAILABLE",
     .meaning = "There is no server under this name, address or port: nothing listens, the port is wrong, or the name is not "
                "known. Each of these has its own text.",
     .seen = "The name is not resolved, or the SYN is answered with RST or ICMP, or with nothing.",
     .fix = "Start the server, or correct the port; `ss -ltn` on the server's machine shows what listens."},
    {.id = "F02",
     .common = true,
     .title = "the server speaks HTTP/1.1",
     .symptom = "\"frame too large\", \"error reading server preface: EOF\"",
     .meaning = "The port belongs to a server or hop of HTTP/1.1, which does not know the preface of HTTP/2.",
     .seen = "The server's first octets are \"HTTP/1.\" (read as a frame: length 0x485454), in answer to the preface. An answer "
             "about an HTTPS port is F03.",
     .fix = "Point the client at the gRPC port, or switch on HTTP/2 without TLS (h2c) at the server or the proxy in front of it. A "
            "server that expects TLS on this port may answer the same: try with TLS."},
    {.id = "F03",
     .common = true,
     .title = "the server speaks TLS, the client does not",
     .symptom = "a plaintext client hangs for about 10 s, then \"deadline exceeded\"",
     .meaning = "The client sends the HTTP/2 preface in the clear to a port that expects a TLS handshake.",
     .seen = "After the preface comes a TLS alert (first octet 15), or an HTTP/1 400 that names the HTTPS port. A mere close is "
             "suspected; a ClientHello that is answered confirms it.",
     .fix = "Give the client TLS credentials, or point it at the plaintext port.",
     .awaits = check::awaits::kLaterVersion},
    {.id = "F04",
     .common = true,
     .title = "the client speaks TLS, the server does not",
     .symptom = "\"wrong version number\", \"first record does not look like a TLS handshake\"",
     .meaning = "The client sends a ClientHello to a port of plaintext HTTP/2 or HTTP/1.1.",
     .seen = "The server's first octet after a ClientHello is no TLS record (14 to 17): a SETTINGS frame, or an HTTP/1 400. A mere "
             "close is suspected; a preface that is answered confirms it.",
     .fix = "Let the client connect without TLS (insecure credentials), or switch TLS on at the server.",
     .awaits = check::awaits::kLaterVersion},
    {.id = "F05",
     .common = true,
     .title = "the server does not offer h2 by ALPN",
     .symptom = "\"missing selected ALPN property\"; one client works and another does not",
     .meaning = "TLS is there, but server or load balancer does not choose \"h2\". Clients that do not insist on ALPN go on "
                "working, hence the difference between clients.",
     .seen = "A client that offers nothing but h2 meets a ServerHello of TLS 1.2 without ALPN or with another protocol, or, in any "
             "version, the alert no_application_protocol. TLS 1.3 encrypts what is chosen: with keys, or by connecting oneself.",
     .fix = "Switch HTTP/2 on for this listener (its ALPN list must hold h2); some load balancers need a listener or target group "
            "of protocol gRPC or HTTP/2."},
    {.id = "F06",
     .common = true,
     .title = "the certificate is not accepted",
     .symptom = "DEADLINE_EXCEEDED, or UNAVAILABLE with no reason",
     .meaning = "The certificate names another host, has expired, comes from an unknown authority, or the server wants one of the "
                "client. Each has its own text.",
     .seen = "TLS 1.2: an alert that can be read. TLS 1.3: an encrypted record and a close right after the client's last flight of "
             "the handshake.",
     .fix = "By the alert: renew the certificate, add the name to its SAN, give the client the right CA file, or give it a client "
            "certificate.",
     .awaits = check::awaits::kDoctor},
    {.id = "F07",
     .common = true,
     .title = "TCP is accepted, but HTTP/2 never begins",
     .symptom = "the client is stuck connecting",
     .meaning =
         "The port is open (often of a balancer, or of a server that is overloaded or stopped), and nobody behind it answers.",
     .seen = "SYN and ACK are there, the server's SETTINGS never come. With TLS, F03 and F06 look alike and are told as well.",
     .fix =
         "Look at the process behind the port: is it stopped, is its accept queue full, does the balancer have a healthy backend?",
     .awaits = check::awaits::kLaterVersion},
}};

}  // namespace testigo::diagnose
