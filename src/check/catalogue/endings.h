// SD: cancel, deadline, close.
#pragma once

#include <array>

#include "check/catalogue.h"
#include "check/catalogue/awaits.h"

namespace testigo::check {

constexpr std::array<CheckInfo, 7> kEndingsRows = {{
    {.id = "SD01",
     .severity = Severity::Warning,
     .role = Role::Server,
     .title = "an early end by the server is followed by RST_STREAM(NO_ERROR)",
     .expected = "Where trailers come before the client's END_STREAM, one side resets the stream with NO_ERROR, so that it can be "
                 "freed. Either side satisfies the rule.",
     .clause = "gRPC over HTTP2, Early Server Closure; RFC 9113 8.1",
     .example = "trailers with status 3 while the client is still sending, and no RST_STREAM",
     .filter = "http2.type == 3 || http2.header.name == \"grpc-status\"",
     .fix = "Reset the stream after early trailers; it counts against MAX_CONCURRENT_STREAMS until then.",
     .reading = "\"immediately\" is taken for 1 s; an END_STREAM of the client within that time ends the stream as well"},
    {.id = "SD02",
     .severity = Severity::Info,
     .role = Role::Client,
     .title = "a client cancels with CANCEL",
     .expected = "RST_STREAM by the client on a call that is open has the code CANCEL (8). Other codes are told, for they mean "
                 "something else: 11 a reply that was too large, 1 a reply that it could not read.",
     .clause = "gRPC over HTTP2, Client Cancellation",
     .example = "RST_STREAM(PROTOCOL_ERROR) by the client in the middle of a reply",
     .filter = "http2.type == 3",
     .fix = "Read the code: it names what the client disliked."},
    {.id = "SD03",
     .severity = Severity::Warning,
     .role = Role::Client,
     .title = "a client cancels when its deadline has passed",
     .expected = "When grpc-timeout has passed since HEADERS, the client resets the stream, soon.",
     .clause = "gRPC over HTTP2, Client Cancellation",
     .example = "grpc-timeout 1S, and the stream still open after 5 s",
     .filter = "http2.header.name == \"grpc-timeout\" || http2.type == 3",
     .fix = "Let the client cancel when it gives up; the server works for nobody otherwise.",
     .reading = "\"soon\" is taken for 1 s; an answer within that time counts as well. Not judged of calls that were refused"},
    {.id = "SD04",
     .severity = Severity::Warning,
     .role = Role::Server,
     .title = "a server stops when the deadline has passed",
     .expected = "When grpc-timeout has passed at the server, it sends no more DATA, and ends the call with grpc-status 4 or "
                 "RST_STREAM(CANCEL), soon.",
     .clause = "gRPC over HTTP2, Client Cancellation",
     .example = "grpc-timeout 1S, and DATA of the reply after 3 s",
     .filter = "http2.header.name == \"grpc-timeout\" || http2.type == 0",
     .fix = "Let handlers watch the deadline or the cancellation of their context, and pass it on to calls of their own.",
     .reading = "\"soon\" is taken for 1 s, whatever the status. Not judged of calls that were refused: nobody has them"},
    {.id = "SD05",
     .severity = Severity::Warning,
     .role = Role::Server,
     .title = "a server ends a complete answer with trailers, not with RST_STREAM",
     .expected = "RST_STREAM(CANCEL) is for answers whose octets are incomplete. After the trailers only NO_ERROR is used.",
     .clause = "gRPC over HTTP2, Errors",
     .example = "a whole reply, then RST_STREAM(CANCEL) in place of trailers",
     .filter = "http2.type == 3",
     .fix = "Send the status in trailers; look for a hop that turns an end into a reset.",
     .reading = "complete is what trailers have ended; whether a reply without them was whole the frames do not say. STREAM_CLOSED "
                "behind them is exempt: it answers a frame of the client; so is CANCEL behind status 4 once the deadline is over"},
    {.id = "SD06",
     .severity = Severity::Info,
     .role = Role::Client,
     .title = "the client derives its status from the code of RST_STREAM",
     .expected = "The client reports INTERNAL for the codes 0 to 4, 6, 9 and 10; UNAVAILABLE for 7; CANCELLED or DEADLINE_EXCEEDED "
                 "for 8; RESOURCE_EXHAUSTED for 11; PERMISSION_DENIED for 12. NO_ERROR after trailers is no error.",
     .clause = "gRPC over HTTP2, Errors",
     .example = "RST_STREAM(REFUSED_STREAM), and the client's log says INTERNAL",
     .filter = "http2.type == 3",
     .fix = "Read the code on the wire rather than the status that a library made of it.",
     .reading = "`verify` judges it, from what clients state of calls that were one stream; `watch` and `tap` hear no client"},
    {.id = "SD07",
     .severity = Severity::Info,
     .role = Role::Either,
     .title = "calls that were open when the connection was lost are listed",
     .expected = "The client ends them with UNAVAILABLE, the server with CANCELLED.",
     .clause = "gRPC over HTTP2, Connection failure",
     .example = "RST of TCP with three streams open",
     .filter = "tcp.flags.reset == 1 || tcp.flags.fin == 1",
     .fix = "Retry what is safe to repeat; see F10, F11 and F31 for why connections are lost.",
     .reading = "the calls are listed; what both sides make of them their statements say"},
}};

}  // namespace testigo::check
