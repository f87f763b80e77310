// PX: the same call, seen on both sides of a hop. "Upstream" is the side of the server, "downstream" that of the client.
#pragma once

#include <array>

#include "check/catalogue.h"

namespace testigo::check {

constexpr std::array<CheckInfo, 10> kHopsRows = {{
    {.id = "PX01",
     .severity = Severity::Error,
     .role = Role::Hop,
     .title = "a hop passes trailers on",
     .expected = "Trailers that the server sent reach the client. A call that was reset or lost its connection on one side is "
                 "judged up to there, in all rows of this group.",
     .clause = "gRPC over HTTP2, Responses",
     .example = "upstream HEADERS with grpc-status 0; downstream DATA with END_STREAM",
     .filter = "http2.header.name == \"grpc-status\" || (http2.type == 0 && http2.flags.end_stream == 1)",
     .fix = "Configure the hop for gRPC, or for HTTP/2 toward the server: over HTTP/1.1 most hops drop trailers.",
     .reading = "judged, as this whole group is, with --other-side: calls are paired by their contents "
                "(docs/decisions/0014-both-sides-of-a-hop.md), and what could not be told apart is not judged"},
    {.id = "PX02",
     .severity = Severity::Error,
     .role = Role::Hop,
     .title = "a hop passes te: trailers on",
     .expected = "te: trailers of the client reaches the server.",
     .clause = "gRPC over HTTP2, TE",
     .example = "te: trailers downstream, no te upstream",
     .filter = "http2.headers.path && !(http2.header.name == \"te\" && http2.header.value == \"trailers\")",
     .fix = "Use the hop's mode for gRPC (nginx: grpc_pass), not the one for plain HTTP.",
     .reading = "where the client sent it"},
    {.id = "PX03",
     .severity = Severity::Warning,
     .role = Role::Hop,
     .title = "a hop neither raises nor drops the deadline",
     .expected = "grpc-timeout upstream is there when it was there downstream, and is not longer.",
     .clause = "gRPC over HTTP2, Timeout",
     .example = "grpc-timeout 1S downstream, 60S upstream",
     .filter = "http2.headers.path",
     .fix = "Let the hop pass the field on, less the time that it took itself.",
     .reading = "1 % is granted, for libraries round up what is left of a deadline"},
    {.id = "PX04",
     .severity = Severity::Warning,
     .role = Role::Hop,
     .title = "a hop keeps metadata",
     .expected = "Nothing is lost or doubled, and a -bin value is the same after decoding.",
     .clause = "gRPC over HTTP2, Custom-Metadata",
     .example = "authorization downstream, and not upstream",
     .filter = "http2.header.name",
     .fix = "Let the hop pass all fields on but those that it must change; see F37 for authorization.",
     .reading =
         "a text may get another value, and values may be joined or added; what is a hop's own is not looked at: "
         "proxy-authorization, via, forwarded, x-forwarded-*, x-envoy-*, x-real-ip, grpc-trace-bin, grpc-tags-bin; nor what is "
         "HTTP's: accept-encoding, expect, trailer, alt-svc, strict-transport-security"},
    {.id = "PX05",
     .severity = Severity::Error,
     .role = Role::Hop,
     .title = "a hop does not change messages",
     .expected = "The octets of each message are the same on both sides, and compressed-flag and grpc-encoding agree with them.",
     .clause = "gRPC over HTTP2, Length-Prefixed-Message",
     .example = "the hop decompresses a body and leaves the flag at 1",
     .filter = "grpc.message_length || http2.header.name == \"grpc-encoding\"",
     .fix = "Switch compression, buffering and body filters off for gRPC at the hop.",
     .reading = "messages that are compressed are compared decompressed: a hop may compress anew"},
    {.id = "PX06",
     .severity = Severity::Warning,
     .role = Role::Hop,
     .title = "a hop does not change the status",
     .expected = "grpc-status downstream is that from upstream.",
     .clause = "gRPC over HTTP2, Status",
     .example = "grpc-status 5 upstream, 14 downstream",
     .filter = "http2.header.name == \"grpc-status\"",
     .fix = "Look for rules of the hop that map errors, or for its timeout that answers first.",
     .reading = "where both sides show one"},
    {.id = "PX07",
     .severity = Severity::Error,
     .role = Role::Hop,
     .title = "a hop keeps fields never-indexed",
     .expected = "A field that came as never-indexed literal is sent on as one.",
     .clause = "RFC 7541 6.2.3",
     .example = "authorization never-indexed downstream, with incremental indexing upstream",
     .filter = "http2.header.repr matches \"never indexed\" || http2.header.name == \"authorization\"",
     .fix = "Update the hop; it exposes secrets to guessing.",
     .reading = "a field that the hop adds or changes is its own"},
    {.id = "PX08",
     .severity = Severity::Info,
     .role = Role::Hop,
     .title = "it is told what the hop costs",
     .expected = "The time that the hop adds to each call, and how many attempts it makes of one.",
     .clause = "gRFC A6",
     .example = "one call downstream, three attempts upstream",
     .filter = "http2.headers.path",
     .fix = "Retry at one place only; look at the hop's queue where its time is high.",
     .reading = "the difference of two durations, each by the clock of its own capture, never that of two clocks; attempts are "
                "counted where the other capture was there"},
    {.id = "PX09",
     .severity = Severity::Error,
     .role = Role::Hop,
     .title = "a hop loses, doubles and reorders nothing",
     .expected = "Each call and each of its messages appears once on both sides, in the same order within its stream. Attempts "
                 "that the hop repeats are PX08.",
     .clause = "gRPC over HTTP2, Outline",
     .example = "five messages downstream, four upstream",
     .filter = "grpc.message_length",
     .fix = "Switch buffering off at the hop; look at its limits and its log for that call.",
     .reading =
         "a call that one side alone shows is judged where the other capture was there before and after it; a call that is not "
         "upstream is a remark, for it may have gone to a server that was not captured, and nothing is said where others were "
         "answered that are not there either. Of calls upstream only those count that the hop sent, by its connection or "
         "address: others may call the same server. A hop that ends a call with a status of its "
         "own that is not OK, as after the deadline, may throw away what is still to come (PX06)"},
    {.id = "PX10",
     .severity = Severity::Warning,
     .role = Role::Hop,
     .title = "a hop passes a cancel on",
     .expected = "When the client cancels a call that is still open upstream, the hop resets it there too.",
     .clause = "gRPC over HTTP2, Client Cancellation",
     .example = "RST_STREAM(CANCEL) downstream, and DATA upstream for another minute",
     .filter = "http2.type == 3",
     .fix = "Let the hop close its side when the client goes away; servers work for nobody otherwise.",
     .reading = "the call goes on upstream for more than 1 s longer than the client waited"},
}};

}  // namespace testigo::check
