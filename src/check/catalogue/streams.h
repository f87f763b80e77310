// ST: the life of streams (RFC 9113 section 5.1) and the order of frames.
#pragma once

#include <array>

#include "check/catalogue.h"

namespace testigo::check {

constexpr std::array<CheckInfo, 12> kStreamsRows = {{
    {.id = "ST01",
     .severity = Severity::Error,
     .role = Role::Either,
     .title = "streams that a client opens are odd, those of a server even",
     .expected = "A client numbers its streams 1, 3, 5 …; a server's promised streams are even. The other parity belongs to the "
                 "other side.",
     .clause = "RFC 9113 5.1.1",
     .example = "HEADERS of the client on stream 2",
     .filter = "http2.type == 1 || http2.type == 5",
     .fix = "Give streams of the client odd numbers only."},
    {.id = "ST02",
     .severity = Severity::Error,
     .role = Role::Either,
     .title = "the id of a new stream is above all before it and never reused",
     .expected = "Each new stream has a higher number than all that its side opened or promised before. A number is never used a "
                 "second time; when they run out, a new connection is opened.",
     .clause = "RFC 9113 5.1.1",
     .example = "HEADERS on stream 5, then HEADERS of a new call on stream 3",
     .filter = "http2.type == 1",
     .fix = "Number streams and write their HEADERS under one lock, so that they leave in order.",
     .reading = "HEADERS on an id that was skipped is ST02 alone; DATA on it is ST04"},
    {.id = "ST03",
     .severity = Severity::Error,
     .role = Role::Client,
     .title = "no more streams are open than MAX_CONCURRENT_STREAMS allows",
     .expected = "When HEADERS open a stream, the open and half-closed streams of the client are at most the server's "
                 "MAX_CONCURRENT_STREAMS. A lowered limit binds from its acknowledgement, a raised one from its receipt. No other "
                 "frame is judged.",
     .clause = "RFC 9113 5.1.2",
     .example = "the server allows 1; the client opens stream 3 while stream 1 is open",
     .filter = "http2.type == 1 || http2.settings.max_concurrent_streams",
     .fix = "Let the client wait for a free stream, or open a further connection; or raise the server's limit."},
    {.id = "ST04",
     .severity = Severity::Error,
     .role = Role::Either,
     .title = "only HEADERS or PRIORITY come on an idle stream",
     .expected = "A stream begins with HEADERS (a promised one with PUSH_PROMISE). DATA, RST_STREAM or WINDOW_UPDATE on a stream "
                 "that nobody opened is an error of the connection.",
     .clause = "RFC 9113 5.1",
     .example = "DATA on stream 7, which was never opened",
     .filter = "http2.type == 0 || http2.type == 1 || http2.type == 3 || http2.type == 8",
     .fix = "Look for a sender that writes DATA before its HEADERS, or uses a number of another connection.",
     .reading = "not judged while the sender has acknowledged octets that were not seen. HEADERS on an id that was skipped is ST02 "
                "alone; DATA on it is ST04. SETTINGS, PING and GOAWAY on a stream are left to CN07"},
    {.id = "ST05",
     .severity = Severity::Error,
     .role = Role::Either,
     .title = "no DATA, HEADERS or PUSH_PROMISE follow the sender's own END_STREAM",
     .expected =
         "END_STREAM is the last word of its sender on that stream; after it come at most WINDOW_UPDATE, PRIORITY and RST_STREAM.",
     .clause = "RFC 9113 5.1, 6.6",
     .example = "DATA with END_STREAM, then DATA on the same stream",
     .filter = "http2.type == 0 || http2.type == 1 || http2.type == 5",
     .fix = "Set END_STREAM on the last frame only, and send nothing of the call after it.",
     .reading =
         "frames that cross the other side's RST_STREAM are no violation; a stream that both sides have ended is closed for good; "
         "PUSH_PROMISE of a client is CN17 alone"},
    {.id = "ST06",
     .severity = Severity::Error,
     .role = Role::Either,
     .title = "no frame but PRIORITY follows the sender's own RST_STREAM",
     .expected = "Who has reset a stream sends no DATA or HEADERS on it any more. A WINDOW_UPDATE is a warning, for receivers "
                 "ignore it; a further RST_STREAM is exempt.",
     .clause = "RFC 9113 5.1, 5.4.2",
     .example = "RST_STREAM(CANCEL) on stream 3, then DATA on stream 3, both by the client",
     .filter = "http2.type == 3 || http2.type == 0 || http2.type == 1",
     .fix = "Drop what is queued for a stream when it is reset.",
     .reading = "where its sender had ended the stream by END_STREAM too, DATA and HEADERS are ST05 alone"},
    {.id = "ST07",
     .severity = Severity::Warning,
     .role = Role::Either,
     .title = "RST_STREAM is not answered by RST_STREAM",
     .expected = "A received RST_STREAM closes the stream; to answer it in kind may loop. Resets that cross each other are exempt, "
                 "and after trailers both sides may reset.",
     .clause = "RFC 9113 5.4.2; gRPC over HTTP2, Early Server Closure",
     .example = "RST_STREAM(CANCEL) by the client, RST_STREAM(CANCEL) by the server after it had received the first",
     .filter = "http2.type == 3",
     .fix = "Forget a stream when its RST_STREAM is received, without an answer.",
     .reading = "a warning where it is proven that the sender had read the other's RST_STREAM (it acknowledged a PING or SETTINGS "
                "sent later); a remark where TCP alone had acknowledged it"},
    {.id = "ST08",
     .severity = Severity::Error,
     .role = Role::Either,
     .title = "a header block goes on with CONTINUATION of its own stream only",
     .expected = "After HEADERS or PUSH_PROMISE without END_HEADERS come CONTINUATION frames of the same stream, and no other "
                 "frame of the connection, until END_HEADERS. A CONTINUATION without such a beginning is an error.",
     .clause = "RFC 9113 4.3, 6.2, 6.6, 6.10",
     .example = "HEADERS on stream 1 without END_HEADERS, then DATA on stream 3",
     .filter = "http2.type == 9 || (http2.type == 1 && http2.flags.eh == 0)",
     .fix = "Write a header block and its continuations in one go, under the lock of the connection.",
     .reading = "told once a block; what is left of a block that was interrupted is no orphan"},
    {.id = "ST09",
     .severity = Severity::Warning,
     .role = Role::Either,
     .title = "no flood of CONTINUATION, RST_STREAM, empty DATA, SETTINGS or PING",
     .expected = "Frames that cost their receiver much and their sender nothing stay rare. The receiver may treat a flood as an "
                 "attack and close with ENHANCE_YOUR_CALM.",
     .clause = "RFC 9113 10.5",
     .example = "1000 times HEADERS and RST_STREAM(CANCEL) within a second",
     .filter = "http2.type == 9 || http2.type == 3 || (http2.type == 0 && http2.length == 0) || http2.type == 4 || http2.type == 6",
     .fix = "Cancel fewer calls (a deadline that is too short cancels all of them), and bound what a peer may send of each kind.",
     .reading =
         "no clause names numbers; these are the defaults of nghttp2: 1000 at once and 33 a second, 1000 PINGs that wait for "
         "their ACK, and 8 CONTINUATION in one block. RST_STREAM counts from clients, unless NO_ERROR, DATA where it is empty and "
         "not the last, SETTINGS without ACK. PINGs that are answered are no flood: gRPC measures a path with them. Each kind is "
         "told once"},
    {.id = "ST10",
     .severity = Severity::Error,
     .role = Role::Server,
     .title = "a stream that was answered is not refused",
     .expected = "REFUSED_STREAM, and a GOAWAY whose last stream lies below, promise that nothing was processed: clients send the "
                 "call again. So neither may come for a stream that already has a response, and above the last stream none may "
                 "be served behind the GOAWAY.",
     .clause = "RFC 9113 8.7",
     .example = "response HEADERS on stream 3, then RST_STREAM(REFUSED_STREAM) on stream 3",
     .filter = "(http2.type == 3 && http2.rst_stream.error == 7) || http2.type == 7",
     .fix = "Refuse before the call is handed to a handler; afterwards end it with a status, or reset with another code.",
     .reading =
         "GOAWAY counts for streams that have ended, too: its last stream is the highest that was acted upon (6.8). A 1xx is no "
         "answer. One that is sent behind the GOAWAY fails where it holds a reply of gRPC, or grpc-status 0: an error may come "
         "from "
         "whoever took nothing up"},
    {.id = "ST11",
     .severity = Severity::Warning,
     .role = Role::Either,
     .title = "no frame but PRIORITY is sent after RST_STREAM was received",
     .expected = "A stream that the peer reset is closed. Frames that crossed the RST_STREAM are exempt: only with proof that it "
                 "had been processed does this fail. RST_STREAM itself is ST07.",
     .clause = "RFC 9113 6.4",
     .example = "RST_STREAM by the server; the client acknowledges a later PING, and sends DATA on that stream",
     .filter = "http2.type == 3 || http2.type == 0",
     .fix = "Stop writing when RST_STREAM is read, and drop what is queued for the stream.",
     .reading = "where its sender had ended or reset the stream itself, ST05 and ST06 judge"},
    {.id = "ST12",
     .severity = Severity::Error,
     .role = Role::Server,
     .title = "no DATA comes before the final response HEADERS",
     .expected = "A response begins with HEADERS that carry a final :status (not 1xx). DATA before them belongs to nothing.",
     .clause = "RFC 9113 8.1",
     .example = "DATA on stream 1 as the server's first frame of the call",
     .filter = "http2.type == 0 || http2.type == 1",
     .fix = "Send the response headers before the first message.",
     .reading = "HEADERS whose :status cannot be read count as final"},
}};

}  // namespace testigo::check
