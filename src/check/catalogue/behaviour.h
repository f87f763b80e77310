// BH: behaviour over time.
#pragma once

#include <array>

#include "check/catalogue.h"

namespace testigo::check {

constexpr std::array<CheckInfo, 7> kBehaviourRows = {{
    {.id = "BH01",
     .severity = Severity::Warning,
     .role = Role::Client,
     .title = "keepalive PINGs are at least 10 s apart",
     .expected = "PINGs of a client between which it received neither HEADERS nor DATA are at least ten seconds apart. What is in "
                 "their payload never decides.",
     .clause = "gRFC A8",
     .example = "a PING every second on an idle connection",
     .filter = "http2.type == 6",
     .fix = "Raise the client's keepalive time to a minute or more, and agree on it with the server.",
     .reading = "PINGs have other uses: keepalive is what comes too soon three times in a row, after the same time; a fifth of it "
                "is granted as jitter, half a second at most. What comes within 100 ms is a burst (ST09), or measures the way"},
    {.id = "BH02",
     .severity = Severity::Info,
     .role = Role::Client,
     .title = "it is foretold which PING the server will punish",
     .expected = "The strikes of a server are counted as the specification says: a PING less than 2 h after the one before it, or "
                 "5 min while calls are open, is a strike; HEADERS or DATA of the server wipe the strikes out; more than two lead "
                 "to GOAWAY. It stops when strikes go unpunished.",
     .clause = "gRFC A8, Server Enforcement; keepalive.md",
     .example = "three PINGs within a minute, and no reply in between",
     .filter = "http2.type == 6 || http2.type == 7",
     .fix = "Lengthen the client's keepalive time, or lower what the server permits "
            "(GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS, and permit without calls).",
     .reading = "told once a connection, for the default settings"},
    {.id = "BH03",
     .severity = Severity::Warning,
     .role = Role::Either,
     .title = "too_many_pings is followed by a close, and by fewer PINGs",
     .expected = "The server that sends GOAWAY(ENHANCE_YOUR_CALM, \"too_many_pings\") closes at once; the client's next connection "
                 "pings half as often. The PINGs that caused it are listed.",
     .clause = "gRFC A8",
     .example = "GOAWAY too_many_pings, and the next connection pings every 10 s as before",
     .filter = "http2.goaway.error == 11 || http2.type == 6",
     .fix = "See F12 for what to set.",
     .reading = "\"at once\" is taken for 2 s, for grpc-go waits one before it closes; whether the next connection pings half as "
                "often is not judged"},
    {.id = "BH04",
     .severity = Severity::Info,
     .role = Role::Either,
     .title = "a connection that keepalive found dead is closed",
     .expected = "When no octet at all came for 20 s after a keepalive PING, its sender closes the connection. An unanswered PING "
                 "alone does not count while octets come.",
     .clause = "gRFC A8; keepalive.md; gRFC A18",
     .example = "a PING, silence for 60 s, and the connection is still used",
     .filter = "http2.type == 6",
     .fix = "Set the keepalive timeout (and TCP_USER_TIMEOUT where the library offers it).",
     .reading = "20 s is the default of the keepalive timeout; DATA and WINDOW_UPDATE alone do not show that it is still used"},
    {.id = "BH05",
     .severity = Severity::Info,
     .role = Role::Server,
     .title = "a server retires connections in order",
     .expected = "GOAWAY(NO_ERROR) with \"max_age\" or \"max_idle\" and the last stream 2147483647, then a second one with the "
                 "final number; the age is the configured one within 10 %, calls that are open finish within the grace time.",
     .clause = "gRFC A9; RFC 9113 6.8",
     .example = "one GOAWAY with the final number at once, and FIN 10 ms later",
     .filter = "http2.type == 7",
     .fix = "Set MAX_CONNECTION_AGE_GRACE longer than the longest call.",
     .reading = "the configured age is not known to the wire, and not judged"},
    {.id = "BH06",
     .severity = Severity::Info,
     .role = Role::Client,
     .title = "attempts to connect back off",
     .expected = "The second attempt comes about 1 s after the first, each later one 1.6 times later, up to 120 s, within 20 %. "
                 "SETTINGS that are received reset it.",
     .clause = "connection-backoff.md",
     .example = "a SYN every 100 ms to a port that refuses",
     .filter = "tcp.flags.syn == 1 && tcp.flags.ack == 0",
     .fix = "Reuse one channel instead of making a new one for every attempt: the backoff is the channel's.",
     .reading =
         "of clients that have spoken HTTP/2 to that server: connections that were refused, or on which the server never spoke. A "
         "client makes five attempts in the first 10 s at most; those within the first 0.8 s are taken for as many clients"},
    {.id = "BH07",
     .severity = Severity::Info,
     .role = Role::Client,
     .title = "calls that the server never took up are sent again, once",
     .expected = "A call above the last stream of GOAWAY, or refused with REFUSED_STREAM, is sent again without the application's "
                 "doing, at most once, after GOAWAY on a new connection.",
     .clause = "gRFC A6, Transparent Retries; gRPC over HTTP2, GOAWAY Frame",
     .example = "a refused call appears three times on the same connection",
     .filter = "http2.type == 7 || (http2.type == 3 && http2.rst_stream.error == 7)",
     .fix = "Update the client library; applications that retry themselves add to it.",
     .reading = "which attempts belong together is told as in RT02; an attempt with grpc-previous-rpc-attempts is none of these"},
}};

}  // namespace testigo::check
