// MG: length-prefixed messages.
#pragma once

#include <array>

#include "check/catalogue.h"

namespace testigo::check {

constexpr std::array<CheckInfo, 8> kMessagesRows = {{
    {.id = "MG01",
     .severity = Severity::Error,
     .role = Role::Either,
     .title = "the compressed-flag of a message is 0 or 1",
     .expected = "The first of the five octets before each message is 0 (as it is) or 1 (compressed).",
     .clause = "gRPC over HTTP2, Compressed-Flag",
     .example = "2 as the first octet of the prefix: 02 00 00 00 05",
     .filter = "grpc[0] > 01",
     .fix = "Look for a sender that writes a message without its prefix, or for octets that a hop adds or takes away: then the "
            "flag is some other octet."},
    {.id = "MG02",
     .severity = Severity::Error,
     .role = Role::Either,
     .title = "a stream ends on a message boundary",
     .expected = "When a side ends, by END_STREAM or trailers, every message has come whole: no prefix of fewer than five octets, "
                 "no body shorter than its length says.",
     .clause = "gRPC over HTTP2, Length-Prefixed-Message",
     .example = "a prefix that announces 100 octets, 60 octets, END_STREAM",
     .filter = "http2.flags.end_stream == 1",
     .fix = "Look for a handler or hop that ends the stream in the middle of a write, or for a wrong length in the prefix.",
     .reading = "up to four octets that are left over behind nothing but empty messages, or behind an empty message with a flag "
                "that there is not, are not judgeable: so a capture without message bodies shows what it could not divide"},
    {.id = "MG03",
     .severity = Severity::Error,
     .role = Role::Either,
     .title = "a compressed message has a coding",
     .expected = "Where the compressed-flag is 1, grpc-encoding of that side's headers names a coding other than identity. The "
                 "receiver must fail the call with INTERNAL otherwise.",
     .clause = "gRPC over HTTP2, Message-Encoding; compression.md, test case 6",
     .example = "flag 1, and no grpc-encoding in the headers",
     .filter = "grpc.compressed_flag == 1 || http2.header.name == \"grpc-encoding\"",
     .fix = "Send grpc-encoding with the headers, or the message uncompressed; look for a hop that removes the field."},
    {.id = "MG04",
     .severity = Severity::Error,
     .role = Role::Either,
     .title = "a compressed message decompresses by itself, whole",
     .expected = "The body of a message with flag 1 is one complete compressed unit: nothing of an earlier message is needed, "
                 "nothing is left over. Codings that Testigo does not have (snappy, custom ones) are not judgeable.",
     .clause = "gRPC over HTTP2, Compressed-Flag; statuscodes.md",
     .example = "gzip that ends in the middle, or one gzip stream over several messages",
     .filter = "grpc.compressed_flag == 1",
     .fix = "Begin a new compression context for every message, and finish it.",
     .reading = "deflate is zlib's format (RFC 1950), zstd that of RFC 8878; a gzip member or zstd frame behind the first one is "
                "left over; zeros alone stand for a body that the capture does not hold"},
    {.id = "MG05",
     .severity = Severity::Error,
     .role = Role::Server,
     .title = "compressed replies use a coding that the client takes",
     .expected = "The coding of a reply with flag 1 is in the client's grpc-accept-encoding, or is that of the request. Where the "
                 "client sent no such field and no compressed request, it is not judgeable.",
     .clause = "compression.md",
     .example = "a gzip reply to a client that says \"identity,deflate\"",
     .filter = "http2.header.name == \"grpc-accept-encoding\" || http2.header.name == \"grpc-encoding\"",
     .fix = "Let the server look at grpc-accept-encoding, and send uncompressed where its own coding is not there.",
     .reading = "a client that does not say what it takes is not judged, unless the reply has the coding of its request"},
    {.id = "MG06",
     .severity = Severity::Error,
     .role = Role::Either,
     .title = "a side has as many messages as its kind of call allows",
     .expected = "A side that ended with END_STREAM has exactly one message in requests of unary and server-streaming calls, and "
                 "in OK responses of unary and client-streaming calls. A response without messages may be Trailers-Only.",
     .clause = "statuscodes.md",
     .example = "a unary call with two requests; or a unary reply with status OK and no message",
     .filter = "grpc.message_length || http2.flags.end_stream == 1",
     .fix = "Look for a client and a server whose .proto disagree on \"stream\".",
     .reading = "a side that streams is not judged, nor a request that ended behind its response; --protoset or --proto says what "
                "a method is"},
    {.id = "MG07",
     .severity = Severity::Error,
     .role = Role::Either,
     .title = "a message parses as the type that is declared",
     .expected = "The body, decompressed, is a message of the method's type. Fields that the type does not know, and wire types "
                 "that clash, are remarks: they tell of a drift between the .proto files.",
     .clause = "statuscodes.md",
     .example = "a tag whose length points beyond the end of the message",
     .filter = "grpc.message_data",
     .fix = "Generate both sides from the same .proto, and check that the serializer is that of the content-type.",
     .reading = "--protoset or --proto gives the types; a content-type of another format, such as application/grpc+json, is not "
                "judged, nor is what proto2 requires; zeros alone stand for a body that the capture does not hold"},
    {.id = "MG08",
     .severity = Severity::Warning,
     .role = Role::Either,
     .title = "a message is not longer than its receiver takes",
     .expected = "The length is at most the receiver's limit, usually 4 MiB. Beyond, RESOURCE_EXHAUSTED is to be expected.",
     .clause = "statuscodes.md",
     .example = "a prefix that announces 5242880 octets",
     .filter = "grpc.message_length > 4194304",
     .fix = "Raise the limit at the receiver, or send what is large as a stream of smaller messages.",
     .reading = "the limit is taken for 4 MiB; a call that ended with OK, and was not reset, shows that it is more. Told where the "
                "server answered RESOURCE_EXHAUSTED or the receiver reset the stream, of lengths that it had not taken before on "
                "the connection"},
}};

}  // namespace testigo::check
