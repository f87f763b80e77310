#include "check/catalogue.h"

#include <array>

namespace testigo::check {
namespace {

constexpr std::array<CheckInfo, kCheckCount> kCatalogue = {{
    {"CN01", Severity::Error, "the client's first 24 octets are the connection preface", "RFC 9113 3.4"},
    {"CN02", Severity::Error, "the client's first frame is SETTINGS on stream 0, without ACK", "RFC 9113 3.4, 6.5"},
    {"CN03", Severity::Error, "the server's first frame is SETTINGS on stream 0, without ACK", "RFC 9113 3.4"},
    {"CN04", Severity::Error, "each SETTINGS is acknowledged once, in order", "RFC 9113 3.4, 6.5.3"},
    {"CN05", Severity::Error, "a SETTINGS acknowledgement is empty and answers an outstanding SETTINGS", "RFC 9113 6.5, 6.5.3"},
    {"ST01", Severity::Error, "streams that a client opens are odd, those of a server even", "RFC 9113 5.1.1"},
    {"ST02", Severity::Error, "the id of a new stream is above all before it and never reused", "RFC 9113 5.1.1"},
    {"ST03", Severity::Error, "no more streams are open than MAX_CONCURRENT_STREAMS allows", "RFC 9113 5.1.2"},
    {"ST04", Severity::Error, "only HEADERS or PRIORITY come on an idle stream", "RFC 9113 5.1"},
    {"ST05", Severity::Error, "no DATA or HEADERS follow the sender's own END_STREAM", "RFC 9113 5.1"},
    {"HD01", Severity::Error, "pseudo-headers come first, once, are defined, and never stand in trailers", "RFC 9113 8.1, 8.3"},
    {"HD02", Severity::Error, "a request has exactly one :method, :scheme and :path", "RFC 9113 8.3.1"},
    {"HD03", Severity::Error, ":authority has no userinfo and agrees with host", "RFC 9113 8.3.1"},
    {"HD04", Severity::Error, "names and values hold no octet that fields must not hold", "RFC 9113 8.2.1"},
    {"HD05", Severity::Error, "no connection-specific fields; te only \"trailers\"", "RFC 9113 8.2.2"},
    {"HD07", Severity::Error, "a response has exactly one :status and no request pseudo-header", "RFC 9113 8.3, 8.3.2"},
    {"RQ01", Severity::Error, "the method of a gRPC request is POST", "gRPC over HTTP2, Method"},
    {"RQ04", Severity::Error, "a gRPC request has te: trailers", "gRPC over HTTP2, TE"},
    {"RQ05", Severity::Error, "the content-type of a gRPC request is application/grpc, with +suffix or without",
     "gRPC over HTTP2, Content-Type"},
    {"MG01", Severity::Error, "the compressed-flag of a message is 0 or 1", "gRPC over HTTP2, Compressed-Flag"},
    {"MG02", Severity::Error, "a stream ends on a message boundary", "gRPC over HTTP2, Length-Prefixed-Message"},
    {"RS01", Severity::Error, "the :status of an answer is 200, and 1xx never ends the stream",
     "gRPC over HTTP2, HTTP-Status; RFC 9113 8.1"},
    {"RS02", Severity::Error, "the content-type of an answer is application/grpc, with any subtype",
     "gRPC over HTTP2, Response-Headers"},
    {"RS03", Severity::Error, "an answer ends with HEADERS that carry grpc-status", "gRPC over HTTP2, Responses"},
    {"RS04", Severity::Error, "HEADERS after the response headers end the stream", "RFC 9113 8.1"},
    {"RS06", Severity::Error, "grpc-status stands once, in digits, without leading zero",
     "gRPC over HTTP2, Status; statuscodes.md"},
}};

}  // namespace

const CheckInfo& info(Id id) { return kCatalogue[static_cast<std::size_t>(id)]; }

std::span<const CheckInfo> catalogue() { return kCatalogue; }

}  // namespace testigo::check
