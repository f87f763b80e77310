// HD: what holds for the header section of any request or response (RFC 9113 sections 8.1 to 8.3).
#pragma once

#include <array>

#include "check/catalogue.h"

namespace testigo::check {

constexpr std::array<CheckInfo, 7> kHeadersRows = {{
    {.id = "HD01",
     .severity = Severity::Error,
     .role = Role::Either,
     .title = "pseudo-headers come first, once, are defined, and never stand in trailers",
     .expected = "Fields whose name begins with \":\" precede all others. Only those that HTTP/2 defines are allowed, each once, "
                 "and none in trailers. :protocol is defined of CONNECT alone, once the server's ENABLE_CONNECT_PROTOCOL is 1.",
     .clause = "RFC 9113 8.1, 8.3; RFC 8441 3, 4",
     .example = "content-type, and then :path",
     .filter = "http2.header.name",
     .fix = "Let the library write the pseudo-headers; do not pass them on as metadata."},
    {.id = "HD02",
     .severity = Severity::Error,
     .role = Role::Client,
     .title = "a request has exactly one :method, :scheme and :path",
     .expected = "All three are present, once each, and the :path of http and https begins with \"/\", or is the \"*\" of OPTIONS. "
                 "A CONNECT without :protocol has neither :scheme nor :path.",
     .clause = "RFC 9113 8.3.1, 8.5; RFC 8441 4",
     .example = "a request without :scheme",
     .filter = "http2.type == 1 && (http2.headers.method || http2.headers.scheme || http2.headers.path)",
     .fix = "Look for a client or hop that builds requests by hand, and add what is missing."},
    {.id = "HD03",
     .severity = Severity::Error,
     .role = Role::Client,
     .title = ":authority has no userinfo and agrees with host",
     .expected = ":authority holds host and port, without \"user@\". A host field, if there is one, says the same after "
                 "normalising both (case, default port). A malformed :authority is a warning, a missing one a remark.",
     .clause = "RFC 9113 8.3.1",
     .example = ":authority \"alice@example.com:50051\"",
     .filter = "http2.headers.authority || http2.header.name == \"host\"",
     .fix = "Correct the target or the authority override of the channel; a hop that sets host must set both alike.",
     .reading = "no :authority is a remark, also beside host; two hosts that differ fail (RFC 9110 5.3)"},
    {.id = "HD04",
     .severity = Severity::Error,
     .role = Role::Either,
     .title = "names and values hold no octet that fields must not hold",
     .expected = "Names are free of capitals, of control characters, of space and of everything above 7e, and regular ones hold no "
                 "\":\". Values hold no NUL, CR or LF. White space at the edges of a value is a warning. A -bin value that begins "
                 "with NUL, to a receiver that announced setting 0xfe03 = 1 (gRFC G1), may hold any octet.",
     .clause = "RFC 9113 8.2.1",
     .example = "a field called \"X-Request-Id\"",
     .filter = "http2.header.name matches \"(?-i)[A-Z]\" || http2.header.value matches \"[\\\\r\\\\n]|^[ \\\\t]|[ \\\\t]$\"",
     .fix = "Write names in lower case; put octets of your own into a field whose name ends with -bin, so that they are encoded.",
     .reading = "the gravest fault of a block is told once; grpc-message may begin or end with a space (%x20 stays unescaped)"},
    {.id = "HD05",
     .severity = Severity::Error,
     .role = Role::Either,
     .title = "no connection-specific fields; te only \"trailers\"",
     .expected = "connection, keep-alive, proxy-connection, transfer-encoding and upgrade belong to HTTP/1.1 and are absent. te is "
                 "absent or \"trailers\".",
     .clause = "RFC 9113 8.2.2",
     .example = "connection: keep-alive",
     .filter =
         "http2.header.name == \"connection\" || http2.header.name == \"keep-alive\" || http2.header.name == \"proxy-connection\" "
         "|| http2.header.name == \"transfer-encoding\" || http2.header.name == \"upgrade\" || (http2.header.name == \"te\" && "
         "!(http2.header.value == \"trailers\"))",
     .fix = "Look for a hop that copies the fields of HTTP/1.1 into HTTP/2, and let it drop them."},
    {.id = "HD06",
     .severity = Severity::Error,
     .role = Role::Either,
     .title = "content-length equals the octets of DATA",
     .expected = "Where content-length is present and the stream ended with END_STREAM, it is the sum of the DATA payloads, "
                 "without padding.",
     .clause = "RFC 9113 8.1.1",
     .example = "content-length: 10, and 14 octets of DATA",
     .filter = "http2.headers.content_length || (http2.type == 0 && http2.flags.end_stream == 1)",
     .fix = "Send no content-length with gRPC; look for a hop that changes bodies and keeps the field.",
     .reading = "answers to HEAD and answers with :status 304, which have no body, are exempt; twice with different "
                "values fails, whatever DATA has (RFC 9110 5.3)"},
    {.id = "HD07",
     .severity = Severity::Error,
     .role = Role::Server,
     .title = "a response has exactly one :status and no request pseudo-header",
     .expected = "The header section of a response holds :status, once, and neither :method, :scheme, :path nor :authority. "
                 "Trailers are HD01.",
     .clause = "RFC 9113 8.3, 8.3.2",
     .example = "response HEADERS with content-type alone",
     .filter = "http2.headers.status || http2.headers.content_type",
     .fix = "Look for a server that sends trailers without headers before them: Trailers-Only needs :status and content-type too."},
}};

}  // namespace testigo::check
