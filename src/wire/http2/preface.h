// The client connection preface (RFC 9113 section 3.4), and what the first octets of a connection say when it is something else.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/bytes.h"

namespace testigo::http2 {

constexpr std::string_view kPreface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";  // 24 octets

// Whether a client whose first octets these are meant HTTP/2, even where they are no preface: nothing else has that method (RFC
// 9113 section 11.6).
constexpr bool means_http2(std::string_view client_first) { return client_first.starts_with("PRI "); }

enum class Opening : std::uint8_t {
  NeedMore,
  Http2,  // the client's preface; from a server, a frame header that can be its SETTINGS
  Http1,  // a request line, or a status line that begins with "HTTP/1."
  Tls,    // a TLS handshake record (RFC 8446 section 5.1), or an alert
  Other,
};

// What the first octets that the client sent are. Decides as soon as it can, with 24 octets at the latest.
Opening client_opening(Bytes first);

// What the first octets that the server sent are. `Http2` when they are the header of a frame that can come first (SETTINGS on
// stream 0), or of any other known frame type with a plausible length: that such a frame is wrong there is for the checks to say.
Opening server_opening(Bytes first);

// What of the first octets of a peer, which are no HTTP/2, may be told to anybody: of HTTP/1.1 the method, or the version and the
// status; of a TLS record its header; of who meant HTTP/2 the line. Whatever else they are may be secret.
std::string_view tellable(std::string_view first);

}  // namespace testigo::http2
