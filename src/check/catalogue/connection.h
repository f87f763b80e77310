// CN: preface, SETTINGS, PING and GOAWAY of a connection.
#pragma once

#include <array>

#include "check/catalogue.h"

namespace testigo::check {

constexpr std::array<CheckInfo, 17> kConnectionRows = {{
    {.id = "CN01",
     .severity = Severity::Error,
     .role = Role::Client,
     .title = "the client's first 24 octets are the connection preface",
     .expected = "A client opens every HTTP/2 connection with these 24 octets, before any frame: "
                 "505249202a20485454502f322e300d0a0d0a534d0d0a0d0a, in text \"PRI * HTTP/2.0\", two line breaks, \"SM\", two line "
                 "breaks. No other octet may differ or come first.",
     .clause = "RFC 9113 3.4",
     .example = "\"POST /greeter HTTP/1.1\" as the first octets: a client of HTTP/1.1",
     .filter = "http2.magic || (tcp.seq == 1 && tcp.len > 0)",
     .fix = "Let the client speak HTTP/2 with prior knowledge on this port (h2c), or negotiate it by ALPN under TLS. Upgrade from "
            "HTTP/1.1 is not part of gRPC.",
     .reading =
         "behind the 101 of \"Upgrade: h2c\" (RFC 7540 3.2, which RFC 9113 removed) HTTP/2 begins, and is judged from there; "
         "stream 1, whose request was HTTP/1.1, is not, and rows about streams and calls say so"},
    {.id = "CN02",
     .severity = Severity::Error,
     .role = Role::Client,
     .title = "the client's first frame is SETTINGS on stream 0, without ACK",
     .expected = "Directly behind the preface comes a SETTINGS frame of the client's own. It may be empty; it stands on stream 0 "
                 "and is no acknowledgement.",
     .clause = "RFC 9113 3.4, 6.5",
     .example = "HEADERS on stream 1 directly behind the preface",
     .filter = "http2.type == 4",
     .fix = "Send SETTINGS, empty if there is nothing to say, before any other frame of the client."},
    {.id = "CN03",
     .severity = Severity::Error,
     .role = Role::Server,
     .title = "the server's first frame is SETTINGS on stream 0, without ACK",
     .expected = "The server's preface is a SETTINGS frame, empty or not. It is the first frame that the server sends, before it "
                 "acknowledges the client's SETTINGS.",
     .clause = "RFC 9113 3.4",
     .example = "SETTINGS with the flag ACK as the server's first frame",
     .filter = "http2.type == 4 || (tcp.seq == 1 && tcp.len > 0)",
     .fix = "Send the server's own SETTINGS as soon as the connection is there. Where the first octets are no frame at all, the "
            "port speaks something else, often HTTP/1.1 (F02) or TLS (F03)."},
    {.id = "CN04",
     .severity = Severity::Error,
     .role = Role::Either,
     .title = "each SETTINGS is acknowledged once, in order",
     .expected = "Whoever receives SETTINGS without ACK applies it and acknowledges it with one empty SETTINGS ACK, in the order "
                 "of receipt. Later than 10 s or never is a warning, for no clause names a time. It is an error where that "
                 "endpoint meanwhile acknowledged something newer, which proves that it had processed the SETTINGS.",
     .clause = "RFC 9113 3.4, 6.5.3",
     .example = "SETTINGS, PING from the server; the client acknowledges two PINGs in turn, and never the SETTINGS",
     .filter = "http2.type == 4 || http2.type == 6",
     .fix = "Answer every SETTINGS with one SETTINGS ACK as soon as its values are applied. Who waits for it may close the "
            "connection with SETTINGS_TIMEOUT.",
     .reading =
         "time counts from the first frame of the receiver behind a TCP acknowledgement of the SETTINGS: before that it may not "
         "have arrived. Who sent other frames within any 10 s may have answered in time, behind them: a remark. What was not "
         "acknowledged when the connection ended counts only after 10 s, and only where it is known to have arrived; RFC 9113 "
         "6.5.3 names no time. The ACK of a later PING may "
         "overtake that of the SETTINGS (6.7: before any other frame); a PING sent after that ACK may not"},
    {.id = "CN05",
     .severity = Severity::Error,
     .role = Role::Either,
     .title = "a SETTINGS acknowledgement is empty and answers an outstanding SETTINGS",
     .expected =
         "A SETTINGS frame with the flag ACK has length 0. One that answers nothing is a warning, since no clause forbids it.",
     .clause = "RFC 9113 6.5, 6.5.3",
     .example = "SETTINGS with the flag ACK and a length of 6",
     .filter = "http2.flags.ack.settings == 1",
     .fix = "Send the acknowledgement without a payload, and one for each SETTINGS received.",
     .reading = "not judged while the sender has acknowledged octets that were not seen"},
    {.id = "CN06",
     .severity = Severity::Error,
     .role = Role::Either,
     .title = "the length of a SETTINGS frame is a multiple of 6",
     .expected = "A setting takes six octets: two of identifier, four of value. A frame of any other length cannot be read, and "
                 "its receiver ends the connection with FRAME_SIZE_ERROR.",
     .clause = "RFC 9113 6.5",
     .example = "SETTINGS of length 5",
     .filter = "http2.type == 4",
     .fix = "Write each setting as a 16-bit identifier and a 32-bit value, and let the length count all of them."},
    {.id = "CN07",
     .severity = Severity::Error,
     .role = Role::Either,
     .title = "each frame stands on stream 0 or on a stream, as its type demands",
     .expected = "SETTINGS, PING and GOAWAY concern the connection and stand on stream 0. DATA, HEADERS, PRIORITY, RST_STREAM, "
                 "PUSH_PROMISE and CONTINUATION concern a stream and never stand on 0. WINDOW_UPDATE may do both.",
     .clause = "RFC 9113 6.1-6.8, 6.10",
     .example = "PING on stream 3; or DATA on stream 0",
     .filter = "((http2.type == 4 || http2.type == 6 || http2.type == 7) && http2.streamid > 0) || ((http2.type <= 3 || http2.type "
               "== 5 || http2.type == 9) && http2.streamid == 0)",
     .fix = "Use stream 0 for SETTINGS, PING and GOAWAY, and the call's own stream for what belongs to a call."},
    {.id = "CN08",
     .severity = Severity::Error,
     .role = Role::Either,
     .title = "settings have values that are allowed",
     .expected =
         "ENABLE_PUSH is 0 or 1, from a server 0 only. INITIAL_WINDOW_SIZE is at most 2147483647. MAX_FRAME_SIZE lies "
         "between 16384 and 16777215. ENABLE_CONNECT_PROTOCOL is 0 or 1, and never 0 again. NO_RFC7540_PRIORITIES is 0 or 1. "
         "Settings that nobody knows are ignored.",
     .clause = "RFC 9113 6.5.2; RFC 8441 3; RFC 9218 2.1",
     .example = "SETTINGS with INITIAL_WINDOW_SIZE = 4294967295",
     .filter = "http2.settings.enable_push > 0 || http2.settings.initial_window_size > 2147483647 || http2.settings.max_frame_size "
               "< 16384 || http2.settings.max_frame_size > 16777215 || http2.settings.extended_connect || http2.settings.id == 9",
     .fix = "Correct the value in the configuration of the endpoint that announced it; \"unlimited\" is written as the greatest "
            "value that is allowed."},
    {.id = "CN09",
     .severity = Severity::Error,
     .role = Role::Either,
     .title = "no frame is longer than its receiver allows",
     .expected = "The payload of a frame is at most MAX_FRAME_SIZE of its receiver: 16384 until another value was announced. A "
                 "raised value counts from its receipt, a lowered one from its acknowledgement.",
     .clause = "RFC 9113 4.1, 4.2",
     .example = "DATA of 20000 octets to a peer that announced no MAX_FRAME_SIZE",
     .filter = "http2.length > 16384",
     .fix = "Cut DATA and header blocks into frames of at most the peer's MAX_FRAME_SIZE (CONTINUATION for the latter).",
     .reading = "not judged while the sender has acknowledged octets that were not seen, for they may raise the limit"},
    {.id = "CN10",
     .severity = Severity::Error,
     .role = Role::Either,
     .title = "frames of a fixed size have that size",
     .expected = "PRIORITY has 5 octets, RST_STREAM 4, PING 8, WINDOW_UPDATE 4, and GOAWAY at least 8.",
     .clause = "RFC 9113 4.2, 6.3, 6.4, 6.7-6.9",
     .example = "PING with a payload of 4 octets",
     .filter = "(http2.type == 2 && (http2.length < 5 || http2.length > 5)) || ((http2.type == 3 || http2.type == 8) && "
               "(http2.length < 4 || http2.length > 4)) || (http2.type == 6 && (http2.length < 8 || http2.length > 8)) || "
               "(http2.type == 7 && http2.length < 8)",
     .fix = "Write these frames with their fixed layout; the receiver ends the connection with FRAME_SIZE_ERROR otherwise.",
     .reading = "a DATA, HEADERS or PUSH_PROMISE that is too short for the fields that its flags announce (RFC 9113 4.2) counts "
                "here, too"},
    {.id = "CN11",
     .severity = Severity::Error,
     .role = Role::Either,
     .title = "padding is shorter than the frame, and consists of zeros",
     .expected = "The Pad Length of DATA, HEADERS and PUSH_PROMISE is less than the length of the payload. Padding octets that are "
                 "not zero are a warning: their receiver need not look.",
     .clause = "RFC 9113 6.1, 6.2, 6.6",
     .example = "DATA of length 10 with the flag PADDED and Pad Length 12",
     .filter = "http2.flags.padded == 1",
     .fix = "Count the Pad Length octet and the padding into the length of the frame, and fill the padding with zeros; or send no "
            "padding."},
    {.id = "CN12",
     .severity = Severity::Warning,
     .role = Role::Either,
     .title = "reserved bits and unused flags are 0",
     .expected = "The bit in front of the stream identifier, and flags that a frame type does not define, are sent as 0. Receivers "
                 "ignore them, so this is a warning.",
     .clause = "RFC 9113 4.1",
     .example = "HEADERS whose stream identifier reads 80 00 00 01",
     .filter = "http2.r == 1 || http2.flags.unused > 0 || http2.flags.unused_data > 0 || http2.flags.unused_headers > 0 || "
               "http2.flags.unused_settings > 0 || http2.flags.unused_push_promise > 0 || http2.flags.unused_ping > 0 || "
               "http2.flags.unused_continuation > 0",
     .fix = "Clear the reserved bit and all flags without a meaning before a frame is sent.",
     .reading = "the reserved bit of frame headers alone, not those of payloads; types that nobody knows may have any flags"},
    {.id = "CN13",
     .severity = Severity::Error,
     .role = Role::Either,
     .title = "each PING is answered by one ACK with the same 8 octets",
     .expected =
         "Whoever receives a PING without ACK sends it back with ACK and the same payload. Late or missing is a warning, and so is "
         "an ACK that nobody asked for. It is an error where that endpoint meanwhile acknowledged something newer.",
     .clause = "RFC 9113 6.7; gRPC over HTTP2, PING Frame",
     .example = "PING 0102030405060708, and then PING ACK 0000000000000000",
     .filter = "http2.type == 6",
     .fix = "Copy the 8 octets into the acknowledgement, and send it before other frames. A hop that swallows PINGs makes "
            "keepalive close healthy connections.",
     .reading = "no clause orders acknowledgements or names a time. Time counts from the first frame of the receiver behind a TCP "
                "acknowledgement of the PING: before that it may not have arrived. More than 10 s is late, and what had not come "
                "by the end of the connection counts only after that; it is a remark where the receiver sent other frames within "
                "any 10 s, for the ACK may have waited behind them in its TCP. An ACK of something newer may overtake once; an ACK "
                "of what was sent after that may not"},
    {.id = "CN14",
     .severity = Severity::Warning,
     .role = Role::Client,
     .title = "no stream is opened after GOAWAY was received",
     .expected =
         "A client that has received GOAWAY opens new streams on another connection. A warning where the client had read the "
         "GOAWAY; frames that crossed it on the wire are exempt, and what lies between is a remark.",
     .clause = "RFC 9113 6.8; gRPC over HTTP2, GOAWAY Frame",
     .example = "GOAWAY from the server; the client acknowledges a later PING, and then opens stream 9",
     .filter = "http2.type == 7 || http2.type == 1",
     .fix = "Take the connection out of use for new calls as soon as GOAWAY is read, and let the calls that are open finish.",
     .reading = "it had read it where, before it opened the stream, the client acknowledged a PING or SETTINGS that was sent later "
                "than the GOAWAY; such an ACK may overtake HEADERS that were queued before (RFC 9113 6.7), so that is no error. "
                "Where TCP alone had acknowledged the GOAWAY, it may have lain unread. The first GOAWAY counts, also that of a "
                "graceful end"},
    {.id = "CN15",
     .severity = Severity::Error,
     .role = Role::Either,
     .title = "the last stream of a repeated GOAWAY never increases",
     .expected = "An endpoint may send GOAWAY again with a lower last stream identifier, never with a higher one: the peer may "
                 "have sent the calls above it elsewhere.",
     .clause = "RFC 9113 6.8",
     .example = "GOAWAY with last stream 5, then GOAWAY with last stream 9",
     .filter = "http2.type == 7",
     .fix = "Announce 2147483647 first when the final value is not known yet, and the last stream that was taken up after that."},
    {.id = "CN16",
     .severity = Severity::Warning,
     .role = Role::Either,
     .title = "GOAWAY comes before an endpoint closes the connection",
     .expected = "Who closes says with GOAWAY which calls it took up. A client without open streams that closes silently is a "
                 "remark; an endpoint whose peer misbehaved is exempt. Who has sent a GOAWAY with an error code and does not close "
                 "breaks the rule: that is an error.",
     .clause = "RFC 9113 6.8, 5.4.1; gRPC over HTTP2, GOAWAY Frame",
     .example = "FIN by the server with two calls open, and no GOAWAY before it",
     .filter = "http2.type == 7 || tcp.flags.fin == 1 || tcp.flags.reset == 1",
     .fix = "Shut servers down gracefully (drain), so that clients know what may be sent again.",
     .reading = "who closes first is judged, once both sides have spoken HTTP/2. Any error found on the connection exempts. \"Does "
                "not close\" means: not within 60 s, for no clause names a time"},
    {.id = "CN17",
     .severity = Severity::Error,
     .role = Role::Either,
     .title = "PUSH_PROMISE comes from servers alone, and only where push is enabled",
     .expected = "A client never sends PUSH_PROMISE. A server sends none while the client's ENABLE_PUSH in force is 0, as most "
                 "gRPC clients announce.",
     .clause = "RFC 9113 6.6, 8.4",
     .example = "the client announces ENABLE_PUSH = 0, the server sends PUSH_PROMISE",
     .filter = "http2.type == 5 || http2.settings.enable_push",
     .fix = "Switch server push off at the server or proxy: gRPC has no use for it.",
     .reading = "push is judged from the server's acknowledgement of ENABLE_PUSH = 0 on"},
}};

}  // namespace testigo::check
